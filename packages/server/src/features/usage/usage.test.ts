import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let anna: Tenant;
const ids: Record<string, string> = {};
const id = (name: string): string => ids[name] ?? '';

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  const first = async (command: string, key: string, params = {}): Promise<string> =>
    (await server.call(server.admin, command, params)).body[key][0].id;
  ids['zone'] = await first('listZones', 'zone');
  ids['domain'] = await first('listDomains', 'domain');
  ids['offering'] = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  ids['size'] = await first('listServiceOfferings', 'serviceoffering');
  ids['template'] = await first('listTemplates', 'template', { templatefilter: 'executable' });
});
afterAll(() => server.close());

const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z/, '+0000');
const always = { startdate: '2020-01-01', enddate: time(Date.now() + 86_400_000) };

async function list(by: Parameters<TestServer['call']>[0], params: Record<string, string> = {}) {
  const { status, body } = await server.call(by, 'listUsageRecords', { ...always, ...params });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.usagerecord ?? [];
}
const generate = () => server.call(server.admin, 'generateUsageRecords');
const open = async () => {
  const rows = await server.db
    .selectFrom('usage_periods')
    .select('type')
    .where('ended', 'is', null)
    .where('account_id', '=', anna.accountId)
    .orderBy('type')
    .execute();
  return rows.map(row => row.type);
};

test('everything an account has is a period while it has it', async () => {
  const network = await server.call(anna, 'createNetwork', {
    name: 'net',
    zoneid: id('zone'),
    networkofferingid: id('offering'),
  });
  ids['network'] = network.body.network.id;
  expect(await open()).toEqual([]);
  const { virtualmachine } = (
    await server.run(anna, 'deployVirtualMachine', {
      name: 'web',
      zoneid: id('zone'),
      networkids: id('network'),
      serviceofferingid: id('size'),
      templateid: id('template'),
    })
  ).body;
  ids['vm'] = virtualmachine.id;
  // Running, allocated, the source NAT address, the disk, the NIC.
  expect(await open()).toEqual([1, 2, 3, 6, 13]);
  await server.run(anna, 'stopVirtualMachine', { id: id('vm') });
  expect(await open()).toEqual([2, 3, 6, 13]);
  await server.run(anna, 'startVirtualMachine', { id: id('vm') });
  const { ipaddress } = (await server.run(anna, 'associateIpAddress', { networkid: id('network') }))
    .body;
  ids['address'] = ipaddress.id;
  const { portforwardingrule } = (
    await server.run(anna, 'createPortForwardingRule', {
      ipaddressid: id('address'),
      protocol: 'tcp',
      publicport: '80',
      privateport: '80',
      virtualmachineid: id('vm'),
    })
  ).body;
  expect(await open()).toEqual([1, 2, 3, 3, 6, 12, 13]);
  await server.restart();
  expect(await open()).toEqual([1, 2, 3, 3, 6, 12, 13]);
  await server.run(anna, 'deletePortForwardingRule', { id: portforwardingrule.id });
  await server.run(anna, 'disassociateIpAddress', { id: id('address') });
  expect(await open()).toEqual([1, 2, 3, 6, 13]);
});

test('records say what was used, by whom and for how long, with its tags', async () => {
  await server.run(anna, 'createTags', {
    resourceids: id('vm'),
    resourcetype: 'UserVm',
    'tags[0].key': 'cost',
    'tags[0].value': 'web',
  });
  expect((await generate()).body).toEqual({ success: 'true' });
  const [running, ...others] = await list(server.admin, {
    type: '1',
    includetags: 'true',
  });
  expect(others).toEqual([]);
  expect(running).toMatchObject({
    account: 'anna',
    accountid: anna.accountId,
    domainid: id('domain'),
    domain: 'ROOT',
    zoneid: id('zone'),
    usagetype: 1,
    usageid: id('vm'),
    virtualmachineid: id('vm'),
    offeringid: id('size'),
    templateid: id('template'),
    name: 'web',
    tags: [{ key: 'cost', value: 'web' }],
  });
  expect(running.cpunumber).toBeTypeOf('number');
  expect(running.usage).toBe(`${running.rawusage} Hrs`);
  const [allocated] = await list(server.admin, { type: '2' });
  const length = (Date.parse(running.enddate) - Date.parse(running.startdate)) / 3_600_000;
  expect(Number(running.rawusage)).toBeLessThan(Number(allocated.rawusage));
  expect(Number(allocated.rawusage)).toBeLessThanOrEqual(length + 1);
  expect(running.type).toBe('LXC');
  const [disk] = await list(server.admin, { type: '6' });
  expect(disk).toMatchObject({ virtualmachineid: id('vm'), templateid: id('template') });
  expect(disk.size).toBeGreaterThan(0);
  expect(await list(server.admin, { type: '3' })).toHaveLength(2);
  expect(await list(server.admin, { type: '12', keyword: 'tcp' })).toHaveLength(1);
  expect(await list(server.admin, { usageid: id('vm') })).toHaveLength(2);
  expect(await list(server.admin, { accountid: anna.accountId, type: '13' })).toHaveLength(1);
  const named = { account: 'anna', domainid: id('domain') };
  expect((await list(server.admin, named)).length).toBe((await list(server.admin)).length);
  expect(await list(server.admin, { enddate: '2021-01-01' })).toEqual([]);
});

test('records follow one another without gap or overlap', async () => {
  await generate();
  await generate();
  const records = await list(server.admin, { type: '2', usageid: id('vm') });
  expect(records).toHaveLength(3);
  const rows = await server.db
    .selectFrom('usage_records')
    .select(['started', 'ended'])
    .where('type', '=', 2)
    .orderBy('started')
    .execute();
  for (const [at, row] of rows.slice(1).entries()) expect(row.started).toEqual(rows[at]?.ended);
});

test('bytes are kept when the router restarts, is replaced, and when the server does', async () => {
  const router = () => {
    const [found] = [...server.agent.routers.values()];
    if (found === undefined) throw new Error('no router');
    return found;
  };
  await server.call(server.admin, 'updateConfiguration', {
    name: 'router.check.interval',
    value: '1',
  });
  const carry = (sent: number, received: number) => {
    const { traffic } = router();
    router().traffic = {
      ...traffic,
      sent: traffic.sent + sent,
      received: traffic.received + received,
    };
  };
  const counted = async () =>
    server.db.selectFrom('usage_traffic').select(['sent', 'received']).executeTakeFirst();
  const routerid = (await server.call(server.admin, 'listRouters', { listall: 'true' })).body
    .router[0].id;
  carry(1000, 5000);
  await vi.waitFor(
    async () => expect(await counted()).toEqual({ sent: 1000, received: 5000 }),
    9000,
  );
  carry(1, 2);
  await server.restart();
  await vi.waitFor(
    async () => expect(await counted()).toEqual({ sent: 1001, received: 5002 }),
    9000,
  );
  // What was carried just before counts: it is read when the router stops.
  carry(10, 20);
  await server.run(server.admin, 'rebootRouter', { id: routerid });
  carry(100, 200);
  await server.run(anna, 'restartNetwork', { id: id('network'), cleanup: 'true' });
  carry(1000, 2000);
  await vi.waitFor(
    async () => expect(await counted()).toEqual({ sent: 2111, received: 7222 }),
    9000,
  );
  await generate();
  const [sent] = await list(server.admin, { type: '4' });
  const [received] = await list(server.admin, { type: '5' });
  expect([sent, received]).toMatchObject([
    { rawusage: '2111', usage: '2111 Bytes', networkid: id('network'), account: 'anna' },
    { rawusage: '7222', usageid: id('network') },
  ]);
  await generate();
  expect(await list(server.admin, { type: '4' })).toHaveLength(1);
});

test('usage outlives its account', async () => {
  await server.run(server.admin, 'deleteAccount', { id: anna.accountId });
  expect(await open()).toEqual([]);
  await generate();
  const records = await list(server.admin, { accountid: anna.accountId, type: '1' });
  expect(records.at(-1)).toMatchObject({ account: 'anna', name: 'web' });
});

test('records are for administrators, of their domains only', async () => {
  const boss = await server.tenant('boss', 'Domain Admin');
  const user = await server.tenant('user');
  expect(await list(boss)).toEqual([]);
  const foreign = { ...always, accountid: user.accountId };
  expect((await server.call(boss, 'listUsageRecords', foreign)).status).toBe(531);
  expect(
    (await server.call(boss, 'listUsageRecords', { ...always, accountid: anna.accountId })).status,
  ).toBe(431);
  expect((await server.call(user, 'listUsageRecords', always)).status).toBe(432);
  expect((await server.call(boss, 'generateUsageRecords')).status).toBe(432);
  const backwards = { startdate: '2026-02-01', enddate: '2026-01-01' };
  for (const command of ['listUsageRecords', 'generateUsageRecords'])
    expect((await server.call(server.admin, command, backwards)).status).toBe(431);
});

test('types are listed', async () => {
  const { body } = await server.call(server.admin, 'listUsageTypes');
  expect(body.usagetype).toContainEqual({
    id: 3,
    name: 'IP_ADDRESS',
    description: 'IP Address Usage',
  });
});
