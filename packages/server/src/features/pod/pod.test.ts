import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let zoneid: string;
let podid: string;

beforeAll(async () => {
  server = await testServer({ simulated: 0 });
  const params = { networktype: 'Advanced', dns1: '192.0.2.53', internaldns1: '192.0.2.53' };
  zoneid = (await call('createZone', { name: 'z', ...params })).zone.id;
  podid = (await call('createPod', pod('first', '10.9.0'))).pod.id;
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
const refused = async (command: string, params: Params, why: RegExp) =>
  refusedWith(431, [command, params, why]);
type Refusal = readonly [command: string, params: Params, why: RegExp];
const refusedWith = async (code: number, [command, params, why]: Refusal) => {
  const { status, body } = await server.call(server.admin, command, params);
  expect({ command, params, status, text: body.errortext }).toEqual({
    command,
    params,
    status: code,
    text: expect.stringMatching(why),
  });
};
const pod = (name: string, net: string) => ({
  name,
  zoneid,
  gateway: `${net}.1`,
  netmask: '255.255.255.0',
  startip: `${net}.10`,
  endip: `${net}.19`,
});

test('zones are Advanced ones with names of their own', async () => {
  const zone = {
    name: 'y',
    networktype: 'Advanced',
    dns1: '192.0.2.53',
    internaldns1: '192.0.2.53',
  };
  await refused('createZone', { ...zone, networktype: 'Basic' }, /Basic is not supported/);
  await refused('createZone', { ...zone, name: 'Z' }, /already exists/);
  await refused('createZone', { ...zone, dns1: 'dns' }, /dns/);
  await refused('createZone', { ...zone, guestcidraddress: '8.8.8.0/24' }, /not private/);
  await refused('createZone', { ...zone, domain: 'a b' }, /not a domain name/);
  await refused('createZone', { ...zone, securitygroupenabled: 'true' }, /security groups/);
  await refused('updateZone', { id: zoneid, allocationstate: 'Enabled' }, /Management/);
  const changed = await call('updateZone', {
    id: zoneid,
    dns2: '192.0.2.54',
    sortkey: '5',
    'details[0].color': 'red',
    guestcidraddress: '10.64.0.0/12',
  });
  expect(changed.zone).toMatchObject({
    dns1: '192.0.2.53',
    dns2: '192.0.2.54',
    resourcedetails: { color: 'red' },
    guestcidraddress: '10.64.0.0/12',
  });
});

test('pods have subnets and names of their own', async () => {
  await refused('createPod', pod('first', '10.10.0'), /already exists/);
  await refused('createPod', pod('other', '10.9.0'), /overlaps/);
  await refused('createPod', { name: 'bare', zoneid }, /edge/);
  const changed = await call('updatePod', { id: podid, name: 'renamed', endip: '10.9.0.29' });
  expect(changed.pod).toMatchObject({ name: 'renamed', endip: ['10.9.0.29'] });
  const disabled = await call('updatePod', { id: podid, allocationstate: 'Disabled' });
  expect(disabled.pod).toMatchObject({ allocationstate: 'Disabled' });
  expect((await call('listPods', { allocationstate: 'Disabled', zoneid })).count).toBe(1);
  await call('updatePod', { id: podid, allocationstate: 'Enabled' });
  const listed = await call('listPods', { showcapacities: 'true', keyword: 'name' });
  expect(listed.pod[0]).toMatchObject({ id: podid, gateway: '10.9.0.1', capacity: [] });
});

test('management addresses come, change and go', async () => {
  const range = { podid, gateway: '10.9.1.1', netmask: '255.255.255.0' };
  const added = await run('createManagementNetworkIpRange', {
    ...range,
    startip: '10.9.1.10',
    endip: '10.9.1.12',
    vlan: '30',
    forsystemvms: 'true',
  });
  expect(added.pod.ipranges[1]).toEqual({
    gateway: '10.9.1.1',
    cidr: '10.9.1.0/24',
    startip: '10.9.1.10',
    endip: '10.9.1.12',
    forsystemvms: '1',
    vlanid: '30',
  });
  await refused('createManagementNetworkIpRange', { ...range, startip: '10.9.1.11' }, /overlaps/);
  await refused('updatePod', { id: podid, startip: '10.9.0.11' }, /several ranges/);
  const named = { podid, currentstartip: '10.9.1.10', currentendip: '10.9.1.12' };
  await run('updatePodManagementNetworkIpRange', { ...named, newendip: '10.9.1.20' });
  await refused('updatePodManagementNetworkIpRange', { ...named, newendip: '10.9.1.20' }, /has no/);
  const gone = { podid, startip: '10.9.1.10', endip: '10.9.1.20' };
  await refused('deleteManagementNetworkIpRange', { ...gone, vlan: '31' }, /has VLAN 30/);
  await run('deleteManagementNetworkIpRange', { ...gone, vlan: '30' });
  expect((await call('listPods', { id: podid })).pod[0].startip).toEqual(['10.9.0.10']);
});

test('storage addresses need their traffic, and hold their pod', async () => {
  const range = {
    podid,
    gateway: '10.9.2.1',
    netmask: '255.255.255.0',
    startip: '10.9.2.10',
    endip: '10.9.2.19',
    vlan: '40',
  };
  await refused('createStorageNetworkIpRange', range, /storage traffic/);
  const { physicalnetwork } = await run('createPhysicalNetwork', { name: 'p', zoneid });
  const physicalnetworkid = physicalnetwork.id;
  const { traffictype } = await run('addTrafficType', {
    physicalnetworkid,
    traffictype: 'Storage',
    kvmnetworklabel: 'bond1',
  });
  expect(traffictype).toMatchObject({ kvmnetworklabel: 'bond1' });
  await refused('addTrafficType', { physicalnetworkid, traffictype: 'Storage' }, /already/);
  await refused('addTrafficType', { physicalnetworkid, traffictype: 'Other' }, /not one of/);
  const made = await run('createStorageNetworkIpRange', range);
  const { id } = made.storagenetworkiprange;
  expect(made.storagenetworkiprange).toMatchObject({ vlan: 40, podid, zoneid, endip: '10.9.2.19' });
  await refused('createStorageNetworkIpRange', range, /overlaps/);
  const changed = await run('updateStorageNetworkIpRange', { id, endip: '10.9.2.30', vlan: '41' });
  expect(changed.storagenetworkiprange).toMatchObject({ endip: '10.9.2.30', vlan: 41 });
  for (const found of [{ id }, { podid }, { zoneid }, { keyword: '10.9.2' }])
    expect((await call('listStorageNetworkIpRange', found)).count).toBe(1);
  await refusedWith(536, ['deletePod', { id: podid }, /storage addresses/]);
  await refusedWith(536, ['deleteTrafficType', { id: traffictype.id }, /storage addresses/]);
  await run('deleteStorageNetworkIpRange', { id });
  await run('updateTrafficType', { id: traffictype.id, kvmnetworklabel: 'bond2' });
  const types = await call('listTrafficTypes', { physicalnetworkid });
  expect(types.traffictype).toEqual([expect.objectContaining({ kvmnetworklabel: 'bond2' })]);
  await run('deleteTrafficType', { id: traffictype.id });
  await call('deletePod', { id: podid });
});
