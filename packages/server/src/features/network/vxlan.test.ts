import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let zoneid: string;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  zoneid = (await server.call(alice, 'listZones')).body.zone[0].id;
  await server.db.updateTable('physical_networks').set({ isolation_method: 'VXLAN' }).execute();
  await server.db
    .updateTable('vlan_ranges')
    .set({ first_tag: 5000, last_tag: 16_777_215 })
    .execute();
});
afterAll(() => server.close());

test('a network on VXLAN shows its identifier to administrators', async () => {
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  const made = await server.call(alice, 'createNetwork', {
    name: 'net',
    zoneid,
    networkofferingid: await first('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
  });
  const { id } = made.body.network;
  const { body } = await server.run(alice, 'deployVirtualMachine', {
    zoneid,
    networkids: id,
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
  });
  expect(body.virtualmachine.nic[0]).not.toHaveProperty('broadcasturi');
  const seen = async (command: string, key: string) =>
    (await server.call(server.admin, command, { listall: 'true' })).body[key][0];
  expect(await seen('listNetworks', 'network')).toMatchObject({
    broadcastdomaintype: 'Vxlan',
    broadcasturi: 'vxlan://5000',
    vlan: '5000',
  });
  const [nic] = (await seen('listVirtualMachines', 'virtualmachine')).nic;
  expect(nic).toMatchObject({ broadcasturi: 'vxlan://5000', isolationuri: 'vxlan://5000' });
  expect(nic).not.toHaveProperty('vlanid');
  const router = await seen('listRouters', 'router');
  expect(router.nic[1]).toMatchObject({ broadcasturi: 'vxlan://5000' });
  expect(await seen('listPhysicalNetworks', 'physicalnetwork')).toMatchObject({
    isolationmethods: 'VXLAN',
    vlan: '5000-16777215',
  });
  for (const vlan of ['5000', 'vxlan://5000'])
    expect(
      (await server.call(server.admin, 'listNetworks', { listall: 'true', vlan })).body.count,
    ).toBe(1);
});

test('an administrator chooses an identifier outside the range', async () => {
  const offering = await server.call(server.admin, 'createNetworkOffering', {
    name: 'chosen',
    displaytext: 'chosen',
    guestiptype: 'Isolated',
    traffictype: 'GUEST',
    supportedservices: 'Dhcp,Dns,SourceNat',
    specifyvlan: 'true',
  });
  const networkofferingid = offering.body.networkoffering.id;
  await server.call(server.admin, 'updateNetworkOffering', {
    id: networkofferingid,
    state: 'Enabled',
  });
  const make = (name: string, vlan: string) =>
    server.call(server.admin, 'createNetwork', { name, zoneid, networkofferingid, vlan });
  const chosen = await make('chosen', 'vxlan://4321');
  expect(chosen.body.network, JSON.stringify(chosen.body)).toMatchObject({
    broadcasturi: 'vxlan://4321',
    vlan: '4321',
  });
  for (const vlan of ['vlan://4322', '16777216', '6000', '4321'])
    expect([vlan, (await make(`n${vlan}`, vlan)).status]).toEqual([vlan, 431]);
});
