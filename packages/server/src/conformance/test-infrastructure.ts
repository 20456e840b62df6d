import type { Driver, Params } from './test-driver.ts';

/** Ids of a zone that is made step by step, with everything that a zone can have. */
export interface MadeZone {
  readonly zone: string;
  readonly network: string;
  readonly pod: string;
  readonly cluster: string;
  readonly host: string;
  readonly pool: string;
  readonly store: string;
  readonly range: string;
  readonly storageRange: string;
  readonly provider: string;
  readonly trafficType: string;
}

/** Makes a zone with every command that makes or changes a part of one; calls all of them at least once. */
export async function makeZone(cloud: Driver): Promise<MadeZone> {
  const { admin } = cloud.server;
  const call = (command: string, params: Params = {}) => cloud.call(admin, command, params);
  const zone = await call('createZone', {
    name: 'made',
    networktype: 'Advanced',
    dns1: '192.0.2.53',
    dns2: '192.0.2.54',
    internaldns1: '192.0.2.55',
    internaldns2: '192.0.2.56',
    domain: 'made.example',
    guestcidraddress: '10.2.0.0/16',
  });
  const zoneid = zone.id;
  const fabric = await call('createPhysicalNetwork', {
    name: 'fabric',
    zoneid,
    isolationmethods: 'VLAN',
    tags: 'made',
    domainid: (await call('listDomains', { name: 'ROOT' })).id,
    networkspeed: '10G',
  });
  const physicalnetworkid = fabric.id;
  const types: string[] = [];
  for (const traffictype of ['Management', 'Guest', 'Public', 'Storage']) {
    const made = await call('addTrafficType', {
      physicalnetworkid,
      traffictype,
      kvmnetworklabel: `br-${traffictype.toLowerCase()}`,
    });
    types.push(made.id);
  }
  await call('updateTrafficType', { id: types[1] ?? '', kvmnetworklabel: 'br-guests' });
  for (const [name, kind] of [
    ['VirtualRouter', 'VirtualRouter'],
    ['VpcVirtualRouter', 'VirtualRouter'],
    ['InternalLbVm', 'InternalLoadBalancer'],
  ] as const) {
    const listed = { name, physicalnetworkid };
    const provider = await call('listNetworkServiceProviders', listed);
    const element = await call(`list${kind}Elements`, { nspid: provider.id });
    await call(`configure${kind}Element`, { id: element.id, enabled: 'true' });
    await call('updateNetworkServiceProvider', { id: provider.id, state: 'Enabled' });
  }
  await call('updatePhysicalNetwork', {
    id: physicalnetworkid,
    vlan: '1500-1509,1600-1610',
    state: 'Enabled',
  });
  const address = { gateway: '10.9.0.1', netmask: '255.255.255.0' };
  const pod = await call('createPod', {
    ...address,
    name: 'rack1',
    zoneid,
    startip: '10.9.0.10',
    endip: '10.9.0.20',
  });
  const podid = pod.id;
  await call('updatePod', { id: podid, name: 'rack-1' });
  const more = { ...address, podid, startip: '10.9.0.30' };
  await call('createManagementNetworkIpRange', { ...more, endip: '10.9.0.40' });
  await call('updatePodManagementNetworkIpRange', {
    podid,
    currentstartip: '10.9.0.30',
    currentendip: '10.9.0.40',
    newstartip: '10.9.0.30',
    newendip: '10.9.0.45',
  });
  const storageRange = await call('createStorageNetworkIpRange', {
    podid,
    gateway: '10.10.0.1',
    netmask: '255.255.255.0',
    startip: '10.10.0.10',
    endip: '10.10.0.20',
    vlan: '77',
  });
  await call('updateStorageNetworkIpRange', { id: storageRange.id, endip: '10.10.0.25' });
  const cluster = await call('addCluster', {
    zoneid,
    podid,
    clustername: 'simulated',
    clustertype: 'CloudManaged',
    hypervisor: 'Simulator',
  });
  await call('updateCluster', { id: cluster.id, clustername: 'simulated-1' });
  const host = await call('addHost', {
    zoneid,
    podid,
    clusterid: cluster.id,
    hypervisor: 'Simulator',
    url: 'http://sim/c0/h0',
    username: 'root',
    password: 'password',
    hosttags: 'ssd',
  });
  await call('updateHost', { id: host.id, hosttags: 'ssd,fast', name: 'made-host' });
  const pool = await call('createStoragePool', {
    zoneid,
    podid,
    clusterid: cluster.id,
    name: 'primary',
    url: 'nfs://192.0.2.9/export/primary',
    tags: 'ssd,fast',
    capacitybytes: String(2 ** 40),
    capacityiops: '10000',
  });
  await call('updateStoragePool', { id: pool.id, name: 'primary-1' });
  const range = await call('createVlanIpRange', {
    zoneid,
    gateway: '198.51.100.1',
    netmask: '255.255.255.0',
    startip: '198.51.100.10',
    endip: '198.51.100.19',
    vlan: '500',
    forvirtualnetwork: 'true',
  });
  await call('updateVlanIpRange', { id: range.id, endip: '198.51.100.29' });
  const store = await call('addImageStore', {
    zoneid,
    provider: 'Local',
    url: `file://${cloud.server.home}/made`,
    name: 'second',
  });
  await call('updateImageStore', { id: store.id, name: 'second-1' });
  await call('updateZone', { id: zoneid, allocationstate: 'Enabled', 'details[0].a': 'b' });
  return {
    zone: zoneid,
    network: physicalnetworkid,
    pod: podid,
    cluster: cluster.id,
    host: host.id,
    pool: pool.id,
    store: store.id,
    range: range.id,
    storageRange: storageRange.id,
    provider: (
      await call('listNetworkServiceProviders', { name: 'InternalLbVm', physicalnetworkid })
    ).id,
    trafficType: types[3] ?? '',
  };
}

/** Takes the zone down again, with every command that takes a part of one away. */
export async function takeZoneDown(cloud: Driver, made: MadeZone): Promise<void> {
  const { admin } = cloud.server;
  const call = (command: string, params: Params = {}) => cloud.call(admin, command, params);
  await call('prepareHostForMaintenance', { id: made.host });
  await call('cancelHostMaintenance', { id: made.host });
  await call('reconnectHost', { id: made.host });
  await call('deleteManagementNetworkIpRange', {
    podid: made.pod,
    startip: '10.9.0.30',
    endip: '10.9.0.45',
    vlan: 'untagged',
  });
  await call('deleteStorageNetworkIpRange', { id: made.storageRange });
  await call('deleteVlanIpRange', { id: made.range });
  await call('deleteTrafficType', { id: made.trafficType });
  await call('deleteNetworkServiceProvider', { id: made.provider });
  const ofNetwork = { physicalnetworkid: made.network };
  const { id: nspid } = await call('addNetworkServiceProvider', {
    ...ofNetwork,
    name: 'InternalLbVm',
  });
  await call('createInternalLoadBalancerElement', { nspid });
  const router = { ...ofNetwork, name: 'VpcVirtualRouter' };
  const { id } = await call('listNetworkServiceProviders', router);
  await call('deleteNetworkServiceProvider', { id });
  const again = await call('addNetworkServiceProvider', router);
  await call('createVirtualRouterElement', { nspid: again.id });
  await call('deletePhysicalNetwork', { id: made.network });
  await call('deleteHost', { id: made.host, forced: 'true' });
  await call('deleteImageStore', { id: made.store });
  await call('deleteStoragePool', { id: made.pool });
  await call('deleteCluster', { id: made.cluster });
  await call('deletePod', { id: made.pod });
  await call('deleteZone', { id: made.zone });
}
