import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let zoneid: string;
let templateid: string;
let serviceofferingid: string;
let networkofferingid: string;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  zoneid = await first('listZones', 'zone');
  templateid = await first('listTemplates', 'template', { templatefilter: 'featured' });
  serviceofferingid = await first('listServiceOfferings', 'serviceoffering');
  networkofferingid = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
});
afterAll(() => server.close());

async function addNetwork(tenant: Tenant, name: string): Promise<string> {
  const { body, status } = await server.call(tenant, 'createNetwork', {
    name,
    zoneid,
    networkofferingid,
    gateway: '10.1.1.1',
    netmask: '255.255.255.0',
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.network.id;
}

const deploy = (tenant: Tenant, params: Record<string, string>) =>
  server.run(tenant, 'deployVirtualMachine', {
    zoneid,
    templateid,
    serviceofferingid,
    ...params,
  });

test('an instance lives: deployed, listed, stopped, started, rebooted, destroyed, expunged', async () => {
  const networkids = await addNetwork(alice, 'life');
  const { body } = await deploy(alice, {
    networkids,
    name: 'web',
    ipaddress: '10.1.1.77',
    'details[0].purpose': 'test',
    userdata: Buffer.from('hello').toString('base64'),
  });
  const vm = body.virtualmachine;
  expect(vm).toMatchObject({
    name: 'web',
    state: 'Running',
    ipaddress: '10.1.1.77',
    account: 'alice',
    details: { purpose: 'test' },
    nic: [
      {
        networkname: 'life',
        gateway: '10.1.1.1',
        netmask: '255.255.255.0',
        isdefault: true,
        traffictype: 'Guest',
        type: 'Isolated',
      },
    ],
  });
  expect(vm.instancename).toBeUndefined();
  const { body: images } = await server.call(alice, 'listTemplates', {
    templatefilter: 'executable',
    id: templateid,
  });
  expect(vm.ostypeid).toBe(images.template[0].ostypeid);
  const { id } = vm;
  expect(server.agent.guests.get(id)?.running).toBe(true);
  const asAdmin = await server.call(server.admin, 'listVirtualMachines', { id, listall: 'true' });
  const [seen] = asAdmin.body.virtualmachine;
  expect(seen.instancename).toMatch(/^i-\d+-\d+-VM$/);
  expect(seen.nic[0].broadcasturi).toMatch(/^vlan:\/\/\d+$/);

  const stopped = await server.run(alice, 'stopVirtualMachine', { id });
  expect(stopped.body.virtualmachine.state).toBe('Stopped');
  expect(server.agent.guests.get(id)?.running).toBe(false);
  const started = await server.run(alice, 'startVirtualMachine', { id });
  expect(started.body.virtualmachine.state).toBe('Running');
  const stops = server.agent.calls.get('stopGuest') ?? 0;
  await server.run(alice, 'rebootVirtualMachine', { id });
  expect(server.agent.calls.get('stopGuest')).toBe(stops + 1);
  expect(server.agent.guests.get(id)?.running).toBe(true);

  const { body: nics } = await server.call(alice, 'listNics', { virtualmachineid: id });
  expect(nics.nic[0]).toMatchObject({ ipaddress: '10.1.1.77', deviceid: '0' });
  const destroyed = await server.run(alice, 'destroyVirtualMachine', { id });
  expect(destroyed.body.virtualmachine.state).toBe('Destroyed');
  expect((await server.call(alice, 'listVirtualMachines', { id })).body).toEqual({});
  await server.run(server.admin, 'destroyVirtualMachine', { id, expunge: 'true' });
  expect(server.agent.guests.has(id)).toBe(false);
  await server.run(alice, 'deleteNetwork', { id: networkids });
  expect((await server.call(alice, 'listNetworks')).body).toEqual({});
  expect(server.agent.segments.size).toBe(0);
  expect(server.agent.routers.size).toBe(0);
});

test('users expunge only where the setting lets them', async () => {
  const networkids = await addNetwork(alice, 'kept');
  const { body } = await deploy(alice, { networkids });
  const { id } = body.virtualmachine;
  const expunge = { id, expunge: 'true' };
  const capability = async (by: Tenant) =>
    (await server.call(by, 'listCapabilities')).body.capability.allowuserexpungerecovervm;

  expect(await capability(alice)).toBe(false);
  expect((await server.call(alice, 'destroyVirtualMachine', expunge)).status).toBe(531);
  const { body: list } = await server.call(alice, 'listVirtualMachines', { id });
  expect(list.virtualmachine[0].state).toBe('Running');

  const name = 'allow.user.expunge.recover.vm';
  const { body: changed } = await server.call(server.admin, 'updateConfiguration', {
    name,
    value: 'true',
  });
  expect(changed.configuration).toMatchObject({ value: 'true', defaultvalue: 'false' });
  expect(await capability(alice)).toBe(true);
  await server.run(alice, 'destroyVirtualMachine', expunge);
  expect(server.agent.guests.has(id)).toBe(false);
  await server.call(server.admin, 'updateConfiguration', { name });
  await server.run(alice, 'deleteNetwork', { id: networkids });
});

test.each([
  [{ name: 'under_score' }, 431],
  [{ name: '-a' }, 431],
  [{ userdata: '!!!' }, 431],
  [{ macaddress: '01:00:00:00:00:01' }, 431],
  [{ ipaddress: '10.9.9.9' }, 431],
  [{ ipaddress: '10.1.1.1' }, 431],
  [{ keypair: 'nobody' }, 431],
  [{ networkids: '00000000-0000-4000-8000-000000000000' }, 431],
  [{ serviceofferingid: '00000000-0000-4000-8000-000000000000' }, 431],
  [{ templateid: 'nonsense' }, 431],
  [{ hypervisor: 'KVM' }, 431],
  [{ hostid: '00000000-0000-4000-8000-000000000000' }, 531],
])('a refused deployment %j changes nothing', async (params, status) => {
  const bob = await server.tenant(`bob${JSON.stringify(params).replace(/\W/g, '')}`);
  const networkids = await addNetwork(bob, 'bobs');
  const reply = await server.call(bob, 'deployVirtualMachine', {
    zoneid,
    templateid,
    serviceofferingid,
    networkids,
    ...params,
  });
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  expect((await server.call(bob, 'listVirtualMachines')).body).toEqual({});
  const { body } = await server.call(bob, 'listNetworks');
  expect(body.network[0].state).toBe('Allocated');
});

test('without networks the only network is taken; names are unique in it', async () => {
  const carol = await server.tenant('carol');
  const none = await server.call(carol, 'deployVirtualMachine', {
    zoneid,
    templateid,
    serviceofferingid,
  });
  expect(none.status).toBe(431);
  expect(none.body.errortext).toContain('no network');
  await addNetwork(carol, 'only');
  await deploy(carol, { name: 'one' });
  const again = await server.call(carol, 'deployVirtualMachine', {
    zoneid,
    templateid,
    serviceofferingid,
    name: 'ONE',
  });
  expect(again.status).toBe(431);
});

test('a stranger sees and touches nothing', async () => {
  const dave = await server.tenant('dave');
  const network = await addNetwork(dave, 'daves');
  const { body } = await deploy(dave, { networkids: network });
  const { id } = body.virtualmachine;
  const eve = await server.tenant('eve');
  expect((await server.call(eve, 'listVirtualMachines', { id })).body).toEqual({});
  for (const command of ['startVirtualMachine', 'stopVirtualMachine', 'destroyVirtualMachine'])
    expect((await server.call(eve, command, { id })).status).toBe(531);
  expect((await server.call(eve, 'listNics', { virtualmachineid: id })).status).toBe(531);
  const intruder = { zoneid, templateid, serviceofferingid, networkids: network };
  expect((await server.call(eve, 'deployVirtualMachine', intruder)).status).toBe(531);
});

test('a router is shown, stopped, started, replaced, destroyed and made again', async () => {
  const frank = await server.tenant('frank');
  const networkid = await addNetwork(frank, 'franks');
  await deploy(frank, { networkids: networkid });
  const { admin } = server;
  const shown = async () =>
    (await server.call(admin, 'listRouters', { networkid, listall: 'true' })).body.router?.[0];
  const router = await shown();
  expect(router).toMatchObject({
    state: 'Running',
    role: 'VIRTUAL_ROUTER',
    vpcid: '',
    guestipaddress: '10.1.1.1',
    requiresupgrade: false,
    redundantstate: 'UNKNOWN',
    hostcontrolstate: 'Enabled',
    healthchecksfailed: false,
  });
  expect(router.linklocalip).toMatch(/^169\.254\./);
  expect(router.nic.map((nic: { traffictype: string }) => nic.traffictype)).toEqual([
    'Control',
    'Guest',
    'Public',
  ]);
  const systemTemplate = (checksum: string) =>
    server.db.updateTable('templates').set({ checksum }).where('type', '=', 'SYSTEM').execute();
  await systemTemplate('2'.repeat(64));
  expect((await shown()).requiresupgrade).toBe(true);
  await systemTemplate(router.softwareversion);
  const { id } = router;
  const stopped = await server.run(admin, 'stopRouter', { id });
  expect(stopped.body.router.state).toBe('Stopped');
  const started = await server.run(admin, 'startRouter', { id });
  expect(started.body.router.state).toBe('Running');
  await server.run(admin, 'rebootRouter', { id });
  await server.run(frank, 'restartNetwork', { id: networkid });
  expect((await shown()).id).toBe(id);
  await server.run(frank, 'restartNetwork', { id: networkid, cleanup: 'true' });
  const next = await shown();
  expect(next.id).not.toBe(id);
  expect(next.guestmacaddress).toBe(router.guestmacaddress);
  expect(server.agent.routers.has(id)).toBe(false);
  const destroyed = await server.run(admin, 'destroyRouter', { id: next.id });
  expect(destroyed.body.router.id).toBe(next.id);
  expect(await shown()).toBeUndefined();
  await server.run(frank, 'restartNetwork', { id: networkid });
  expect((await shown()).state).toBe('Running');

  const last = await shown();
  const memory = server.agent.routers.get(last.id);
  if (memory === undefined) throw new Error('the router is not on the host');
  memory.failing.add('dns_check');
  const { body } = await server.call(admin, 'getRouterHealthCheckResults', {
    routerid: last.id,
    performfreshchecks: 'true',
  });
  const checks: { checkname: string; success: boolean }[] = body.routerhealthchecks.healthchecks;
  expect(checks.filter(check => !check.success)).toMatchObject([{ checkname: 'dns_check' }]);
  expect(checks).toHaveLength(10);
  expect((await shown()).healthchecksfailed).toBe(true);
});

test('who may not know where things run cannot find out by filters', async () => {
  const host = await server.db.selectFrom('hosts').selectAll().executeTakeFirstOrThrow();
  const nowhere = '00000000-0000-4000-8000-000000000000';
  const right = { hostid: host.id, clusterid: host.cluster_id, podid: host.pod_id };
  const wrong = { hostid: nowhere, clusterid: nowhere, podid: nowhere, storageid: nowhere };
  const count = async (by: Keys, command: string, params: Record<string, string>) =>
    (await server.call(by, command, { listall: 'true', ...params })).body.count ?? 0;
  const networkids = await addNetwork(alice, 'somewhere');
  const id: string = (await deploy(alice, { networkids })).body.virtualmachine.id;
  for (const [command, by] of [
    ['listVirtualMachines', { id }],
    ['listVolumes', { virtualmachineid: id }],
  ] as const) {
    for (const [name, value] of Object.entries(wrong)) {
      expect(await count(alice, command, { ...by, [name]: value }), `${command} ${name}`).toBe(1);
      expect(await count(server.admin, command, { ...by, [name]: value })).toBe(0);
    }
    for (const [name, value] of Object.entries(right))
      expect(await count(server.admin, command, { ...by, [name]: value })).toBe(1);
  }
});

test('in a disabled zone only root administrators start instances; what runs goes on', async () => {
  const owner = await server.tenant('zoe');
  const networkids = await addNetwork(owner, 'disabled');
  const id: string = (await deploy(owner, { networkids })).body.virtualmachine.id;
  const allocation = (allocationstate: string) =>
    server.call(server.admin, 'updateZone', { id: zoneid, allocationstate });
  await allocation('Disabled');
  try {
    expect((await server.call(owner, 'startVirtualMachine', { id })).status).toBe(200);
    await server.run(owner, 'rebootVirtualMachine', { id });
    await server.run(owner, 'stopVirtualMachine', { id });
    const refused = await server.call(owner, 'startVirtualMachine', { id });
    expect(refused.status).toBe(531);
    expect(refused.body.errortext).toContain('disabled');
    const { body } = await server.run(server.admin, 'startVirtualMachine', { id });
    expect(body.virtualmachine.state).toBe('Running');
  } finally {
    await allocation('Enabled');
  }
});
