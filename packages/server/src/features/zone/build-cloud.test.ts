import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ simulated: 0 });
});
afterAll(() => server.close());

type Params = Readonly<Record<string, string>>;

const call = async (command: string, params: Params = {}) => {
  const { status, body } = await server.call(server.admin, command, params);
  expect(status, `${command}: ${JSON.stringify(body)}`).toBe(200);
  return body;
};
const run = async (command: string, params: Params = {}) =>
  (await server.run(server.admin, command, params)).body;
const refusal = async (command: string, params: Params = {}) => {
  const { status, body } = await server.call(server.admin, command, params);
  if (body.jobid === undefined) return { status, text: body.errortext };
  throw new Error(`${command} was accepted`);
};

test('a zone is built step by step, used, and taken down in the right order only', async () => {
  const operator = await server.tenant('operator');
  const [user] = (await call('listUsers', { username: 'operator', listall: 'true' })).user;
  expect(user).toMatchObject({ id: operator.userId });
  const { userkeys } = await run('registerUserKeys', { id: user.id });
  expect(userkeys).toMatchObject({ apikey: expect.any(String), secretkey: expect.any(String) });
  await call('updateConfiguration', { name: 'expunge.delay', value: '60' });

  const { zone } = await call('createZone', {
    name: 'made',
    networktype: 'Advanced',
    dns1: '192.0.2.53',
    internaldns1: '192.0.2.54',
    internaldns2: '192.0.2.55',
    guestcidraddress: '10.2.0.0/16',
  });
  expect(zone).toMatchObject({
    name: 'made',
    networktype: 'Advanced',
    allocationstate: 'Disabled',
    dns1: '192.0.2.53',
    internaldns2: '192.0.2.55',
    guestcidraddress: '10.2.0.0/16',
    zonetoken: expect.any(String),
  });
  const zoneid = zone.id;
  const { physicalnetwork } = await run('createPhysicalNetwork', {
    name: 'fabric',
    zoneid,
    isolationmethods: 'VLAN',
  });
  expect(physicalnetwork).toMatchObject({ state: 'Disabled', isolationmethods: 'VLAN', zoneid });
  expect(physicalnetwork).not.toHaveProperty('vlan');
  const physicalnetworkid = physicalnetwork.id;
  const types: Record<string, string> = {};
  for (const traffictype of ['Management', 'Guest', 'Public', 'Storage']) {
    const made = await run('addTrafficType', { physicalnetworkid, traffictype });
    expect(made.traffictype).toMatchObject({ traffictype, physicalnetworkid });
    types[traffictype] = made.traffictype.id;
  }
  for (const [name, kind] of [
    ['VirtualRouter', 'VirtualRouter'],
    ['VpcVirtualRouter', 'VirtualRouter'],
    ['InternalLbVm', 'InternalLoadBalancer'],
  ] as const) {
    const [provider] = (await call('listNetworkServiceProviders', { name, physicalnetworkid }))
      .networkserviceprovider;
    expect(provider).toMatchObject({ name, state: 'Disabled' });
    const enable = { id: provider.id, state: 'Enabled' };
    expect(await refusal('updateNetworkServiceProvider', enable)).toMatchObject({ status: 431 });
    const listed = await call(`list${kind}Elements`, { nspid: provider.id });
    const [element] = listed[`${kind.toLowerCase()}element`];
    expect(element).toMatchObject({ nspid: provider.id, enabled: false });
    const configured = await run(`configure${kind}Element`, { id: element.id, enabled: 'true' });
    expect(configured[`${kind.toLowerCase()}element`]).toMatchObject({ enabled: true });
    const enabled = await run('updateNetworkServiceProvider', enable);
    expect(enabled.networkserviceprovider).toMatchObject({ name, state: 'Enabled' });
  }
  const updated = await run('updatePhysicalNetwork', {
    id: physicalnetworkid,
    vlan: '1500-1509,1600',
    state: 'Enabled',
  });
  expect(updated.physicalnetwork).toMatchObject({ vlan: '1500-1509,1600', state: 'Enabled' });
  const { pod } = await call('createPod', {
    name: 'rack1',
    zoneid,
    gateway: '10.9.0.1',
    netmask: '255.255.255.0',
    startip: '10.9.0.10',
    endip: '10.9.0.20',
  });
  expect(pod).toMatchObject({
    name: 'rack1',
    zonename: 'made',
    gateway: '10.9.0.1',
    startip: ['10.9.0.10'],
    endip: ['10.9.0.20'],
    allocationstate: 'Enabled',
  });
  const added = await call('addCluster', {
    zoneid,
    podid: pod.id,
    clustername: 'simulated',
    clustertype: 'CloudManaged',
    hypervisor: 'Simulator',
  });
  const [cluster] = added.cluster;
  const joined = await call('addHost', {
    zoneid,
    podid: pod.id,
    clusterid: cluster.id,
    hypervisor: 'Simulator',
    url: 'http://sim/c0/h0',
    username: 'root',
    password: 'password',
  });
  const [host] = joined.host;
  expect(host).toMatchObject({ state: 'Up', resourcestate: 'Enabled', podname: 'rack1' });
  const { storagepool } = await call('createStoragePool', {
    zoneid,
    podid: pod.id,
    clusterid: cluster.id,
    name: 'primary',
    url: 'nfs://192.0.2.9/export/primary',
    tags: 'ssd,fast',
  });
  expect(storagepool).toMatchObject({
    state: 'Up',
    type: 'NetworkFilesystem',
    ipaddress: '192.0.2.9',
    path: '/export/primary',
    scope: 'CLUSTER',
    clustername: 'simulated',
    tags: 'ssd,fast',
  });
  const { vlan: range } = await call('createVlanIpRange', {
    zoneid,
    gateway: '198.51.100.1',
    netmask: '255.255.255.0',
    startip: '198.51.100.10',
    endip: '198.51.100.19',
    vlan: 'untagged',
    forvirtualnetwork: 'true',
  });
  expect(range).toMatchObject({
    physicalnetworkid,
    vlan: 'vlan://untagged',
    cidr: '198.51.100.0/24',
    forvirtualnetwork: true,
  });
  const { imagestore } = await call('addImageStore', {
    zoneid,
    provider: 'Local',
    url: `file://${server.home}/secondary`,
    name: 'secondary',
  });
  expect(imagestore).toMatchObject({ zoneid, providername: 'Local' });
  const { zone: enabled } = await call('updateZone', { id: zoneid, allocationstate: 'Enabled' });
  expect(enabled).toMatchObject({ allocationstate: 'Enabled' });

  const networkofferingid = (
    await call('listNetworkOfferings', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    })
  ).networkoffering[0].id;
  const { network } = await call('createNetwork', { name: 'net', zoneid, networkofferingid });
  expect(network).toMatchObject({ cidr: '10.2.0.0/24', physicalnetworkid });
  const associated = await run('associateIpAddress', { networkid: network.id });
  expect(associated.ipaddress).toMatchObject({ ipaddress: '198.51.100.10', zoneid });

  const { virtualmachine } = await run('deployVirtualMachine', {
    zoneid,
    networkids: network.id,
    serviceofferingid: (await call('listServiceOfferings', { name: 'Small Instance' }))
      .serviceoffering[0].id,
    templateid: (await call('listTemplates', { templatefilter: 'executable', zoneid })).template[0]
      .id,
  });
  expect(virtualmachine).toMatchObject({ state: 'Running', hostid: host.id });
  const [tagged] = (await call('listNetworks', { id: network.id })).network;
  expect(tagged).toMatchObject({ state: 'Implemented', vlan: '1500' });

  const inUse = async (command: string, id: string, why: RegExp) =>
    expect(await refusal(command, { id })).toMatchObject({
      status: 536,
      text: expect.stringMatching(why),
    });
  await inUse('deleteZone', zoneid, /pod rack1/);
  await inUse('deletePod', pod.id, /cluster simulated/);
  await inUse('deletePhysicalNetwork', physicalnetworkid, /network net|public addresses/);
  await inUse('deleteTrafficType', types['Guest'] ?? '', /network net/);
  await inUse('deleteTrafficType', types['Public'] ?? '', /198\.51\.100\.10/);
  await inUse('deleteVlanIpRange', range.id, /1 of them/);
  const [provider] = (
    await call('listNetworkServiceProviders', { name: 'VirtualRouter', physicalnetworkid })
  ).networkserviceprovider;
  await inUse('deleteNetworkServiceProvider', provider.id, /network net/);

  await run('destroyVirtualMachine', { id: virtualmachine.id, expunge: 'true' });
  await run('deleteNetwork', { id: network.id });
  await call('deleteVlanIpRange', { id: range.id });
  await run('deletePhysicalNetwork', { id: physicalnetworkid });
  await call('deleteHost', { id: host.id, forced: 'true' });
  await call('deleteImageStore', { id: imagestore.id });
  await inUse('deleteCluster', cluster.id, /storage pool primary/);
  await call('deleteStoragePool', { id: storagepool.id });
  await call('deleteCluster', { id: cluster.id });
  await call('deletePod', { id: pod.id });
  await call('deleteZone', { id: zoneid });
  expect((await call('listZones', { id: zoneid })).count ?? 0).toBe(0);
  for (const table of ['traffic_types', 'service_providers', 'vlan_ranges'] as const) {
    const rows = await server.db
      .selectFrom(table)
      .selectAll()
      .where('physical_network_id', '=', physicalnetworkid)
      .execute();
    expect([table, rows]).toEqual([table, []]);
  }
});
