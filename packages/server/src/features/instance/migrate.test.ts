import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestMachines, testMachines } from '../../http/test-machines.ts';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import type { SimulatedHost } from '../../simulator/simulated-host.ts';

let machines: TestMachines;
let server: TestServer;
let alice: Tenant;
let agents: Record<'one' | 'two' | 'small', SimulatedHost>;
let hosts: Record<'one' | 'two' | 'small', string>;
let place: { zoneid: string; serviceofferingid: string; networkids: string };
let container: string;
let machine: string;

beforeAll(async () => {
  machines = testMachines();
  server = await testServer({ installer: machines.installer });
  alice = await server.tenant('alice');
  // All hosts have the interface that carries the VLANs.
  await server.db.updateTable('physical_networks').set({ guest_label: 'eth1' }).execute();
  agents = {
    one: machines.add('192.0.2.11', { name: 'one' }),
    two: machines.add('192.0.2.12', { name: 'two' }),
    small: machines.add('192.0.2.13', { name: 'small', memoryBytes: 2 ** 20 }),
  };
  hosts = {
    one: await addHost('http://192.0.2.11'),
    two: await addHost('http://192.0.2.12'),
    small: await addHost('http://192.0.2.13'),
  };
  const template = await server.db
    .selectFrom('templates')
    .selectAll()
    .where('type', '<>', 'SYSTEM')
    .executeTakeFirstOrThrow();
  container = template.id;
  const { id: _id, seq: _seq, ...like } = template;
  // One that every host has.
  const made = await server.db
    .insertInto('templates')
    .values({ ...like, details: '{}', name: 'machine', hypervisor: 'KVM' })
    .returning('id')
    .executeTakeFirstOrThrow();
  machine = made.id;
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  const network = await server.call(alice, 'createNetwork', {
    zoneid,
    name: 'net',
    networkofferingid: await first('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
  });
  place = {
    zoneid,
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    networkids: network.body.network.id,
  };
});
afterAll(async () => {
  machines.close();
  await server.close();
});

async function addHost(url: string): Promise<string> {
  const pod = await server.db.selectFrom('pods').selectAll().executeTakeFirstOrThrow();
  const { body } = await call('addHost', {
    zoneid: pod.zone_id,
    podid: pod.id,
    url,
    hypervisor: 'KVM',
    clustername: 'kvm',
    password: 'right',
  });
  return body.host[0].id;
}

const call = (command: string, params: Record<string, string>) =>
  server.call(server.admin, command, params);

const asked = async (params: Record<string, string>) => ({
  ...place,
  templateid: machine,
  account: 'alice',
  domainid: String((await call('listDomains', { name: 'ROOT' })).body.domain[0].id),
  ...params,
});

async function deploy(params: Record<string, string>): Promise<string> {
  const { body } = await server.run(server.admin, 'deployVirtualMachine', await asked(params));
  return body.virtualmachine.id;
}

async function refusal(params: Record<string, string>): Promise<[number, string]> {
  const { status, body } = await call('migrateVirtualMachine', params);
  return [status, body.errortext];
}

test('an instance runs where it is told to, and moves where it is told to', async () => {
  const id = await deploy({ hostid: hosts.one });
  expect(agents.one.guests.get(id)?.running).toBe(true);
  const moved = await server.run(server.admin, 'migrateVirtualMachine', {
    virtualmachineid: id,
    hostid: hosts.two,
  });
  expect(moved.body.virtualmachine).toMatchObject({
    state: 'Running',
    hostid: hosts.two,
    hostname: 'two',
    hypervisor: 'KVM',
  });
  expect(agents.one.guests.has(id)).toBe(false);
  expect(agents.two.guests.get(id)?.running).toBe(true);
  const back = await server.run(server.admin, 'migrateVirtualMachine', { virtualmachineid: id });
  expect(back.body.virtualmachine.hostid).toBe(hosts.one);
  const { body } = await call('listVirtualMachines', { listall: 'true', hostid: hosts.one });
  expect(body.virtualmachine).toMatchObject([{ id }]);
  expect(
    (await server.call(alice, 'listVirtualMachines')).body.virtualmachine[0],
  ).not.toHaveProperty('hostid');
  const events = await server.call(alice, 'listEvents', { type: 'VM.MIGRATE', level: 'INFO' });
  expect(events.body.count).toBeGreaterThanOrEqual(4);
});

test('the hosts it could move to are told from those that it could not', async () => {
  const virtualmachineid = await deploy({ hostid: hosts.one });
  const { body } = await call('findHostsForMigration', { virtualmachineid });
  const seen = body.host.map((host: Record<string, unknown>) => [
    host['name'],
    host['suitableformigration'],
    host['requiresStorageMotion'],
  ]);
  expect(seen).toEqual([
    [expect.any(String), false, true],
    ['two', true, true],
    ['small', false, true],
  ]);
  const listed = await call('listHosts', { virtualmachineid, hypervisor: 'KVM' });
  expect(listed.body.host).toMatchObject([
    { name: 'two', suitableformigration: true },
    { name: 'small', suitableformigration: false },
  ]);
});

test('what cannot move is refused, with the reason', async () => {
  const guest = await deploy({ templateid: container });
  expect(await refusal({ virtualmachineid: guest })).toEqual([
    431,
    expect.stringMatching(/containers \(LXC\) cannot be moved while they run/),
  ]);
  const virtualmachineid = await deploy({ hostid: hosts.one });
  const to = (hostid: string) => refusal({ virtualmachineid, hostid });
  expect(await to(hosts.one)).toEqual([431, expect.stringMatching(/is on host one already/)]);
  expect(await to(hosts.small)).toEqual([533, expect.stringMatching(/not enough memory/)]);
  await call('updateHost', { id: hosts.two, allocationstate: 'Disable' });
  expect(await to(hosts.two)).toEqual([533, expect.stringMatching(/Disabled/)]);
  await call('updateHost', { id: hosts.two, allocationstate: 'Enable' });
  expect((await refusal({ virtualmachineid, autoselect: 'false' }))[0]).toBe(431);
  expect((await refusal({ virtualmachineid, storageid: '1' }))[0]).toBe(431);
  expect((await refusal({ virtualmachineid: '4711' }))[0]).toBe(431);
  await server.run(server.admin, 'stopVirtualMachine', { id: virtualmachineid });
  expect(await to(hosts.two)).toEqual([431, expect.stringMatching(/Stopped, not Running/)]);
});

test('a place is for the root administrator, in the zone, and fits the template', async () => {
  const local = await server.db
    .selectFrom('hosts')
    .selectAll()
    .where('is_local', '=', true)
    .executeTakeFirstOrThrow();
  for (const params of [
    { hostid: hosts.one },
    { podid: local.pod_id },
    { clusterid: local.cluster_id },
  ])
    expect((await server.call(alice, 'deployVirtualMachine', await asked(params))).status).toBe(
      531,
    );
  const status = async (params: Record<string, string>) =>
    (await call('deployVirtualMachine', await asked(params))).status;
  expect(await status({ hostid: local.id })).toBe(431);
  expect(await status({ clusterid: local.cluster_id })).toBe(431);
  expect(await status({ hostid: hosts.one, clusterid: local.cluster_id })).toBe(431);
  expect(await status({ podid: '4711' })).toBe(431);
});

test('a host that is prepared for maintenance is emptied, and one that cannot be says why', async () => {
  const id = await deploy({ hostid: hosts.two });
  const { body } = await server.run(server.admin, 'prepareHostForMaintenance', { id: hosts.two });
  expect(body.host.resourcestate).toBe('Maintenance');
  expect(agents.one.guests.get(id)?.running).toBe(true);
  await expect(
    server.run(server.admin, 'prepareHostForMaintenance', { id: hosts.one }),
  ).rejects.toThrow(/cannot be emptied/);
  await server.run(server.admin, 'cancelHostMaintenance', { id: hosts.one });
  await server.run(server.admin, 'cancelHostMaintenance', { id: hosts.two });
});

test('a lost host is not removed with what runs there unless the caller answers for it', async () => {
  const shared = { sharedStorage: 'nfs' };
  machines.add('192.0.2.21', { name: 'three', ...shared });
  machines.add('192.0.2.22', { name: 'four', ...shared });
  const three = await addHost('http://192.0.2.21');
  const four = await addHost('http://192.0.2.22');
  const made = await call('createServiceOffering', {
    name: 'kept',
    cpunumber: '1',
    cpuspeed: '500',
    memory: '128',
    offerha: 'true',
    hosttags: 'shared',
  });
  for (const id of [three, four]) await call('updateHost', { id, hosttags: 'shared' });
  const serviceofferingid = made.body.serviceoffering.id;
  const id = await deploy({ hostid: three, serviceofferingid });
  machines.lose('192.0.2.21');
  const state = async () => (await call('listHosts', { id: three })).body.host[0].state;
  await expect.poll(state).toBe('Disconnected');
  const plain = await call('deleteHost', { id: three });
  expect([plain.status, plain.body.errortext]).toEqual([
    536,
    expect.stringMatching(/still runs instance/),
  ]);
  expect((await call('deleteHost', { id: three, forced: 'true' })).status).toBe(200);
  const host = async () =>
    (await call('listVirtualMachines', { id })).body.virtualmachine[0].hostid;
  await expect.poll(host, { timeout: 20_000 }).toBe(four);
});
