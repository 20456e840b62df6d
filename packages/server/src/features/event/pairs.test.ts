import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let anna: Tenant;
const ids: Record<string, string> = {};

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  const first = async (command: string, key: string, params = {}): Promise<string> =>
    (await server.call(server.admin, command, params)).body[key][0].id;
  ids['zone'] = await first('listZones', 'zone');
  ids['offering'] = await first('listNetworkOfferings', 'networkoffering');
  ids['size'] = await first('listServiceOfferings', 'serviceoffering');
  ids['template'] = await first('listTemplates', 'template', { templatefilter: 'executable' });
});
afterAll(() => server.close());

const id = (name: string): string => ids[name] ?? '';

/** Runs commands of each group. */
async function life(): Promise<void> {
  const network = await server.call(anna, 'createNetwork', {
    name: 'net',
    zoneid: id('zone'),
    networkofferingid: id('offering'),
  });
  ids['network'] = network.body.network.id;
  const { virtualmachine } = (
    await server.run(anna, 'deployVirtualMachine', {
      name: 'web',
      zoneid: id('zone'),
      networkids: id('network'),
      serviceofferingid: id('size'),
      templateid: id('template'),
    })
  ).body;
  const { ipaddress } = (await server.run(anna, 'associateIpAddress', { networkid: id('network') }))
    .body;
  const rule = (
    await server.run(anna, 'createPortForwardingRule', {
      ipaddressid: ipaddress.id,
      protocol: 'tcp',
      publicport: '80',
      privateport: '80',
      virtualmachineid: virtualmachine.id,
    })
  ).body.portforwardingrule;
  const opening = (
    await server.run(anna, 'createFirewallRule', {
      ipaddressid: ipaddress.id,
      protocol: 'tcp',
      startport: '22',
      endport: '22',
    })
  ).body.firewallrule;
  await server.run(anna, 'createTags', {
    resourceids: id('network'),
    resourcetype: 'Network',
    'tags[0].key': 'a',
    'tags[0].value': 'b',
  });
  await server.run(anna, 'deleteFirewallRule', { id: opening.id });
  await server.run(anna, 'deletePortForwardingRule', { id: rule.id });
  const target = { virtualmachineid: virtualmachine.id, ipaddressid: ipaddress.id };
  await server.call(anna, 'enableStaticNat', target);
  await server.run(anna, 'disableStaticNat', { ipaddressid: ipaddress.id });
  await server.run(anna, 'disassociateIpAddress', { id: ipaddress.id });
  await server.run(anna, 'restartNetwork', { id: id('network') });
  await server.run(anna, 'stopVirtualMachine', { id: virtualmachine.id });
  await server.run(server.admin, 'destroyVirtualMachine', {
    id: virtualmachine.id,
    expunge: 'true',
  });
  await server.run(anna, 'deleteNetwork', { id: id('network') });
}

test('each job has its events: opened once, ended once, with parent, owner and subject', async () => {
  await life();
  const { rows: jobs } = await sql<{
    command: string;
    states: string[];
    own: boolean;
    names: (string | null)[];
  }>`
    select jobs.command, array_agg(events.state order by events.seq) as states, array_agg(events.resource_name) as names,
      bool_and(events.account_id = ${anna.accountId} and events.resource_id is not distinct from jobs.object_id) as own
    from jobs join events on jobs.start_event_id in (events.id, events.start_id)
    group by jobs.id, jobs.command order by jobs.seq`.execute(server.db);
  expect(jobs.length).toBe((await server.db.selectFrom('jobs').select('id').execute()).length);
  expect(jobs.length).toBeGreaterThan(14);
  for (const job of jobs) {
    const awaited = ['createNetwork', 'enableStaticNat'].includes(job.command);
    const states = awaited ? ['Started', 'Completed'] : ['Scheduled', 'Started', 'Completed'];
    expect(job).toMatchObject({ states, own: true });
  }
  // What is gone keeps its name in the events about it.
  const named = jobs.filter(({ command }) =>
    ['deleteNetwork', 'destroyVirtualMachine'].includes(command),
  );
  expect(named.map(({ names }) => names)).toEqual([
    ['web', 'web', 'web'],
    ['net', 'net', 'net'],
  ]);
});

test('a job that fails ends with an error that has the same parent', async () => {
  const events = async () =>
    (await server.call(anna, 'listEvents', { type: 'VM.CREATE' })).body.event.slice(0, 3);
  const network = await server.call(anna, 'createNetwork', {
    name: 'full',
    zoneid: id('zone'),
    networkofferingid: id('offering'),
  });
  await server.db.updateTable('public_addresses').set({ state: 'Reserved' }).execute();
  const deploy = server.run(anna, 'deployVirtualMachine', {
    name: 'late',
    zoneid: id('zone'),
    networkids: network.body.network.id,
    serviceofferingid: id('size'),
    templateid: id('template'),
  });
  await expect(deploy).rejects.toThrow('533');
  const [failed, started, scheduled] = await events();
  expect(failed).toMatchObject({ level: 'ERROR', state: 'Completed', parentid: scheduled.id });
  expect(started).toMatchObject({ level: 'INFO', state: 'Started', parentid: scheduled.id });
  expect(scheduled).toMatchObject({ state: 'Scheduled', resourcename: 'late' });
  expect(scheduled.parentid).toBeUndefined();
  const family = await server.call(anna, 'listEvents', { startid: scheduled.id });
  expect(family.body.count).toBe(3);
});
