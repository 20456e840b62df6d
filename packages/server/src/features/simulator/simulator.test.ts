import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let place: { zoneid: string; networkofferingid: string };
const mocks: string[] = [];

beforeAll(async () => {
  server = await testServer({ simulated: 2 });
  place = {
    zoneid: (await list('listZones', 'zone'))[0].id,
    networkofferingid: (
      await list('listNetworkOfferings', 'networkoffering', {
        name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
      })
    )[0].id,
  };
});
afterEach(async () => {
  for (const id of mocks.splice(0)) await call('cleanupSimulatorMock', { id });
  await vi.waitFor(async () => {
    for (const host of await list('listHosts', 'host')) expect(host.state).toBe('Up');
  });
});
afterAll(() => server.close());

const call = (command: string, params: Record<string, string> = {}) =>
  server.call(server.admin, command, params);
const run = (command: string, params: Record<string, string> = {}) =>
  server.run(server.admin, command, params);
const list = async (command: string, key: string, params: Record<string, string> = {}) =>
  (await call(command, params)).body[key] ?? [];

async function configure(params: Record<string, string>): Promise<string> {
  const { status, body } = await call('configureSimulator', params);
  expect(status, JSON.stringify(body)).toBe(200);
  mocks.push(body.simulatormock.id);
  return body.simulatormock.id;
}

async function network(name: string): Promise<string> {
  return (await call('createNetwork', { name, ...place })).body.network.id;
}

async function deploy(networkids: string, offering = 'Small Instance') {
  const { body } = await run('deployVirtualMachine', {
    zoneid: place.zoneid,
    networkids,
    serviceofferingid: (
      await list('listServiceOfferings', 'serviceoffering', { name: offering })
    )[0].id,
    templateid: (await list('listTemplates', 'template', { templatefilter: 'executable' }))[0].id,
  });
  return body.virtualmachine;
}

const routerOf = async (networkid: string) =>
  (await list('listRouters', 'router', { networkid, listall: 'true' }))[0];

test('instances run behind routers of simulated hosts, and routers are healthy', async () => {
  const id = await network('one');
  const instance = await deploy(id);
  expect(instance).toMatchObject({ state: 'Running', hypervisor: 'Simulator' });
  const router = await routerOf(id);
  expect(router).toMatchObject({ state: 'Running', hypervisor: 'Simulator' });
  const { body } = await call('getRouterHealthCheckResults', {
    routerid: router.id,
    performfreshchecks: 'true',
  });
  const checks: { success: boolean; details: string }[] = body.routerhealthchecks.healthchecks;
  expect(checks.length).toBeGreaterThan(5);
  expect(checks.every(check => check.success)).toBe(true);
  await run('destroyVirtualMachine', { id: instance.id, expunge: 'true' });
});

test('a guest is given the address that the API tells, by the router of its network', async () => {
  const id = await network('leases');
  const instance = await deploy(id);
  const host = [...server.world.hosts.values()].find(one => one.guests.has(instance.id));
  const [nic] = instance.nic;
  expect(host?.leases(instance.id)).toEqual([
    { mac: nic.macaddress, address: nic.ipaddress, router: nic.gateway },
  ]);
});

test('hosts are added as with the simulator of CloudStack, and removed', async () => {
  const { body } = await call('addHost', {
    zoneid: place.zoneid,
    podid: (await list('listPods', 'pod'))[0].id,
    clustername: 'c9',
    hypervisor: 'simulator',
    url: 'http://sim/c9/h0',
    username: 'root',
    password: 'password',
    hosttags: 'ssd',
  });
  expect(body.host[0]).toMatchObject({
    name: 'sim-c9-h0',
    state: 'Up',
    hypervisor: 'Simulator',
    clustername: 'c9',
    hosttags: 'ssd',
  });
  const { id } = body.host[0];
  expect((await run('reconnectHost', { id })).body.host.state).toBe('Up');
  expect((await call('deleteHost', { id, forced: 'true' })).body.success).toBe('true');
  expect(await list('listHosts', 'host', { id })).toEqual([]);
  expect(server.world.hosts.size).toBe(2);
});

test('a start that fails fails its job; the instance can be started when the mock is gone', async () => {
  const id = await network('two');
  const running = await deploy(id);
  await configure({ name: 'StartCommand', value: 'result:fault', count: '1' });
  await expect(deploy(id)).rejects.toThrow(/Simulated fault/);
  const instance = await deploy(id);
  expect(instance.state).toBe('Running');
  await configure({ name: 'startGuest', value: `result:fail|id:${instance.id}` });
  await run('stopVirtualMachine', { id: instance.id, forced: 'true' });
  await expect(run('startVirtualMachine', { id: instance.id })).rejects.toThrow(
    /Simulated failure/,
  );
  await run('rebootVirtualMachine', { id: running.id });
});

test('what waits takes that long', async () => {
  const id = await network('slow');
  await deploy(id);
  await configure({ name: 'applyDelta', value: 'wait:700' });
  const { ipaddress } = (await run('associateIpAddress', { networkid: id })).body;
  const started = performance.now();
  await run('createFirewallRule', {
    ipaddressid: ipaddress.id,
    protocol: 'tcp',
    startport: '80',
    endport: '80',
  });
  expect(performance.now() - started).toBeGreaterThan(650);
});

test('a change that the router cannot take fails, and follows when it can', async () => {
  const id = await network('refusing');
  await deploy(id);
  const { ipaddress } = (await run('associateIpAddress', { networkid: id })).body;
  const mock = await configure({ name: 'SetFirewallRulesCommand', value: 'result:fail' });
  const rule = { ipaddressid: ipaddress.id, protocol: 'tcp', startport: '443', endport: '443' };
  await expect(run('createFirewallRule', rule)).rejects.toThrow(/Simulated failure/);
  await call('cleanupSimulatorMock', { id: mock });
  await vi.waitFor(async () => {
    const [found] = await list('listFirewallRules', 'firewallrule', { ipaddressid: ipaddress.id });
    expect(found.state).toBe('Active');
  });
});

test('a control link that is down is seen at the router, and when it is up again', async () => {
  const id = await network('unreachable');
  await deploy(id);
  const router = await routerOf(id);
  const mock = await configure({
    name: 'CheckRouterCommand',
    value: `result:fail|id:${router.id}`,
  });
  await vi.waitFor(async () => expect((await routerOf(id)).hostcontrolstate).toBe('Unmanageable'));
  await call('cleanupSimulatorMock', { id: mock });
  await vi.waitFor(async () => expect((await routerOf(id)).hostcontrolstate).toBe('Enabled'));
});

test('a host whose agent is lost is disconnected, and up again', async () => {
  const [host] = await list('listHosts', 'host');
  const mock = await configure({ name: 'PingCommand', value: 'result:fail', hostid: host.id });
  const state = async () => (await list('listHosts', 'host', { id: host.id }))[0].state;
  await vi.waitFor(async () => expect(await state()).toBe('Disconnected'));
  await call('cleanupSimulatorMock', { id: mock });
  await vi.waitFor(async () => expect(await state()).toBe('Up'));
});

test('a new server brings back what ran in the memory of the one before', async () => {
  const id = await network('kept');
  const instance = await deploy(id);
  server.world.hosts.clear();
  server.world.sites.clear();
  await server.restart();
  await vi.waitFor(
    async () => {
      const [found] = await list('listVirtualMachines', 'virtualmachine', { id: instance.id });
      expect(found.state).toBe('Running');
      expect((await routerOf(id)).state).toBe('Running');
      const guests = [...server.world.hosts.values()].flatMap(host => [...host.guests.keys()]);
      expect(guests).toContain(instance.id);
    },
    { timeout: 20_000 },
  );
});

test('what is no mock is refused with what is wrong', async () => {
  const refusals: [Record<string, string>, RegExp][] = [
    [{ name: 'NoSuchCommand', value: 'wait:1' }, /NoSuchCommand/],
    [{ name: 'StartCommand', value: 'wait:-1' }, /wait/],
    [{ name: 'StartCommand', value: 'result:perhaps' }, /result/],
    [{ name: 'StartCommand', value: 'speed:1' }, /speed/],
    [{ name: 'StartCommand', value: 'wait:1', hostid: 'nobody' }, /hostid/],
  ];
  for (const [params, reason] of refusals) {
    const { status, body } = await call('configureSimulator', params);
    expect(status).toBe(431);
    expect(body.errortext).toMatch(reason);
  }
  expect((await call('querySimulatorMock', { id: '999' })).status).toBe(431);
});

test('a server that simulates nothing has none of these commands', async () => {
  const real = await testServer();
  try {
    const { status } = await real.call(real.admin, 'configureSimulator', {
      name: 'StartCommand',
      value: 'wait:1',
    });
    expect(status).toBe(432);
    const { body } = await real.call(real.admin, 'listApis', { name: 'configureSimulator' });
    expect(body.api ?? []).toEqual([]);
  } finally {
    await real.close();
  }
});

test('an empty installation has the ROOT domain, its administrator, roles and settings, and nothing else', async () => {
  const empty = await testServer({ simulated: 0 });
  try {
    const count = async (command: string, params: Record<string, string> = {}) =>
      (await empty.call(empty.admin, command, { listall: 'true', ...params })).body.count ?? 0;
    expect(await count('listDomains')).toBe(1);
    expect(await count('listUsers')).toBe(1);
    expect(await count('listRoles')).toBeGreaterThan(3);
    expect(await count('listConfigurations')).toBeGreaterThan(10);
    for (const command of ['listZones', 'listPods', 'listClusters', 'listHosts', 'listImageStores'])
      expect(await count(command), command).toBe(0);
    expect(await count('listTemplates', { templatefilter: 'all' })).toBe(0);
  } finally {
    await empty.close();
  }
});
