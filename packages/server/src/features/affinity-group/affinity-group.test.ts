import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let bob: Tenant;
let place: Record<string, string>;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  bob = await server.tenant('bob');
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  const networkofferingid = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const network = { name: 'net', zoneid, networkofferingid };
  place = {
    zoneid,
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    networkids: (await server.call(alice, 'createNetwork', network)).body.network.id,
  };
});
afterAll(() => server.close());

const create = async (name: string, type: string) =>
  (await server.run(alice, 'createAffinityGroup', { name, type })).body.affinitygroup;

const deploy = async (name: string, params = {}) =>
  (await server.run(alice, 'deployVirtualMachine', { ...place, name, ...params })).body
    .virtualmachine;

test('two instances that must be apart do not both start on the only host; without the group they do', async () => {
  const group = await create('apart', 'host anti-affinity');
  const one = await deploy('one', { affinitygroupids: group.id });
  expect(one.affinitygroup).toEqual([expect.objectContaining({ id: group.id, name: 'apart' })]);
  await expect(deploy('two', { affinitygroupnames: 'apart' })).rejects.toThrow(/anti-affinity/);
  const two = await deploy('two', { startvm: 'false', affinitygroupids: group.id, name: 'two2' });
  const listed = await server.call(alice, 'listAffinityGroups', { virtualmachineid: two.id });
  expect(listed.body.affinitygroup[0].virtualmachineIds).toContain(two.id);
  const filtered = await server.call(alice, 'listVirtualMachines', { affinitygroupid: group.id });
  expect(filtered.body.virtualmachine.map((vm: { id: string }) => vm.id)).toEqual(
    expect.arrayContaining([one.id, two.id]),
  );
  const left = await server.run(alice, 'updateVMAffinityGroup', {
    id: two.id,
    affinitygroupids: '',
  });
  expect(left.body.virtualmachine.affinitygroup).toEqual([]);
  const started = await server.run(alice, 'startVirtualMachine', { id: two.id });
  expect(started.body.virtualmachine.state).toBe('Running');
  const running = await server.call(alice, 'updateVMAffinityGroup', {
    id: two.id,
    affinitygroupids: group.id,
  });
  expect(running.status).toBe(431);
});

test('groups are the account’s: names are unique, strangers neither see, use nor delete them', async () => {
  const group = await create('mine', 'host affinity');
  expect(group).toMatchObject({ account: 'alice', type: 'host affinity', virtualmachineIds: [] });
  const again = { name: 'mine', type: 'host affinity' };
  expect((await server.call(alice, 'createAffinityGroup', again)).status).toBe(431);
  const wrong = { name: 'other', type: 'rack affinity' };
  expect((await server.call(alice, 'createAffinityGroup', wrong)).status).toBe(431);
  expect((await server.call(bob, 'listAffinityGroups', { id: group.id })).body).toEqual({});
  expect((await server.call(bob, 'deleteAffinityGroup', { id: group.id })).status).toBe(531);
  expect((await server.call(bob, 'deleteAffinityGroup', { name: 'mine' })).status).toBe(431);
  const both = { id: group.id, name: 'mine' };
  expect((await server.call(alice, 'deleteAffinityGroup', both)).status).toBe(431);
  expect((await server.run(alice, 'deleteAffinityGroup', { name: 'mine' })).body.success).toBe(
    true,
  );
  expect((await server.call(alice, 'listAffinityGroups', { name: 'mine' })).body).toEqual({});
});

test('types are listed', async () => {
  const { body } = await server.call(alice, 'listAffinityGroupTypes', { keyword: 'non-strict' });
  expect(body).toEqual({
    count: 2,
    affinitygrouptype: [
      { type: 'non-strict host anti-affinity' },
      { type: 'non-strict host affinity' },
    ],
  });
});

test('instance groups: made by hand or by a deployment, renamed, listed, deleted', async () => {
  const made = await server.call(alice, 'createInstanceGroup', { name: 'web' });
  const { id } = made.body.instancegroup;
  expect((await server.call(alice, 'createInstanceGroup', { name: 'web' })).status).toBe(431);
  const vm = await deploy('grouped', { group: 'web', startvm: 'false' });
  expect(vm).toMatchObject({ group: 'web', groupid: id });
  const other = await deploy('grouped2', { group: 'db', startvm: 'false' });
  expect((await server.call(bob, 'updateInstanceGroup', { id, name: 'x' })).status).toBe(531);
  expect((await server.call(alice, 'updateInstanceGroup', { id, name: 'db' })).status).toBe(431);
  const renamed = await server.call(alice, 'updateInstanceGroup', { id, name: 'front' });
  expect(renamed.body.instancegroup).toMatchObject({ name: 'front', account: 'alice' });
  const listed = await server.call(alice, 'listVirtualMachines', { groupid: id });
  expect(listed.body.virtualmachine[0]).toMatchObject({ id: vm.id, group: 'front' });
  expect((await server.call(alice, 'listInstanceGroups')).body.count).toBe(2);
  expect((await server.call(bob, 'deleteInstanceGroup', { id: other.groupid })).status).toBe(531);
  expect((await server.call(alice, 'deleteInstanceGroup', { id })).body.success).toBe('true');
  const left = await server.call(alice, 'listVirtualMachines', { id: vm.id });
  expect(left.body.virtualmachine[0].group).toBeUndefined();
});
