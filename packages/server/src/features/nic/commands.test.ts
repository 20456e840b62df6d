import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { mostNics } from './limit.ts';

let server: TestServer;
let alice: Tenant;
let bob: Tenant;
let place: { zoneid: string; templateid: string; serviceofferingid: string };
let networkofferingid: string;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  bob = await server.tenant('bob');
  const limit = { name: 'max.account.public.ips', value: '-1' };
  expect((await server.call(server.admin, 'updateConfiguration', limit)).status).toBe(200);
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  place = {
    zoneid: await first('listZones', 'zone'),
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
  };
  networkofferingid = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const many = { name: 'max.account.networks', value: '100' };
  await server.call(server.admin, 'updateConfiguration', many);
});
afterAll(() => server.close());

let networks = 0;
async function addNetwork(tenant: Tenant): Promise<string> {
  networks += 1;
  const { body, status } = await server.call(tenant, 'createNetwork', {
    name: `net${networks}`,
    zoneid: place.zoneid,
    networkofferingid,
    gateway: `10.2.${networks}.1`,
    netmask: '255.255.255.0',
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.network.id;
}

async function deploy(networkids: string, params = {}): Promise<string> {
  const { body } = await server.run(alice, 'deployVirtualMachine', {
    ...place,
    networkids,
    ...params,
  });
  return body.virtualmachine.id;
}

const run = async (command: string, params: Record<string, string>) =>
  (await server.run(alice, command, params)).body.virtualmachine;

/** What the host was told of the NICs, and what the router knows of the instance. */
const plugged = (id: string) =>
  server.agent.guests.get(id)?.spec.nics.map(nic => [nic.device, nic.pinnedAddresses]);

async function leases(networkid: string): Promise<{ address: string; secondary?: boolean }[]> {
  const router = await server.db
    .selectFrom('routers')
    .select('id')
    .where('network_id', '=', networkid)
    .executeTakeFirstOrThrow();
  const index = server.agent.routers.get(router.id)?.index;
  return [...(index?.items('hosts').values() ?? [])].map(({ address, secondary }) => ({
    address,
    ...(secondary === undefined ? {} : { secondary }),
  }));
}

test('a running instance gets a NIC, makes it the default one, and loses the other', async () => {
  const [first, second] = [await addNetwork(alice), await addNetwork(alice)];
  const virtualmachineid = await deploy(first);
  const added = await run('addNicToVirtualMachine', {
    virtualmachineid,
    networkid: second,
    ipaddress: '10.2.2.7',
    macaddress: '02-00-00-00-AB-01',
  });
  expect(added.nic).toMatchObject([
    { networkid: first, deviceid: '0', isdefault: true },
    {
      networkid: second,
      deviceid: '1',
      isdefault: false,
      ipaddress: '10.2.2.7',
      macaddress: '02:00:00:00:ab:01',
    },
  ]);
  expect(plugged(virtualmachineid)).toEqual([
    ['eth0', ['10.2.1.2']],
    ['eth1', ['10.2.2.7']],
  ]);
  await expect.poll(() => leases(second)).toEqual([{ address: '10.2.2.7', secondary: true }]);

  const [old, next] = added.nic;
  const changed = await run('updateDefaultNicForVirtualMachine', {
    virtualmachineid,
    nicid: next.id,
  });
  expect(changed).toMatchObject({
    ipaddress: '10.2.2.7',
    nic: [{ isdefault: false }, { isdefault: true }],
  });
  await expect.poll(() => leases(second)).toEqual([{ address: '10.2.2.7' }]);
  await expect.poll(() => leases(first)).toEqual([{ address: '10.2.1.2', secondary: true }]);

  const removed = await run('removeNicFromVirtualMachine', { virtualmachineid, nicid: old.id });
  expect(removed.nic).toMatchObject([{ networkid: second, deviceid: '1' }]);
  expect(plugged(virtualmachineid)).toEqual([['eth1', ['10.2.2.7']]]);
  await expect.poll(() => leases(first)).toEqual([]);
  await expect
    .poll(() => server.db.selectFrom('nics').selectAll().where('id', '=', old.id).execute())
    .toEqual([]);

  // The address and the number of the device are free again.
  const back = await run('addNicToVirtualMachine', { virtualmachineid, networkid: first });
  expect(back.nic[0]).toMatchObject({ deviceid: '0', ipaddress: '10.2.1.2', isdefault: false });
  const events = await server.call(alice, 'listEvents', { type: 'NIC.CREATE' });
  expect(events.body.count).toBeGreaterThanOrEqual(4);
});

test('a stopped instance gets and loses NICs without its networks being made', async () => {
  const [first, second] = [await addNetwork(alice), await addNetwork(alice)];
  const virtualmachineid = await deploy(first, { startvm: 'false' });
  const added = await run('addNicToVirtualMachine', { virtualmachineid, networkid: second });
  expect(added.nic).toHaveLength(2);
  expect(plugged(virtualmachineid)).toBeUndefined();
  const nicid = added.nic[1].id;
  const removed = await run('removeNicFromVirtualMachine', { virtualmachineid, nicid });
  expect(removed.nic).toMatchObject([{ networkid: first }]);
  const { body } = await server.call(alice, 'listNetworks', { id: second });
  expect(body.network[0].state).toBe('Allocated');
  await run('addNicToVirtualMachine', { virtualmachineid, networkid: second });
  await run('startVirtualMachine', { id: virtualmachineid });
  expect(plugged(virtualmachineid)).toHaveLength(2);
});

test('what a stop finds pending is done with it', async () => {
  const [first, second] = [await addNetwork(alice), await addNetwork(alice)];
  const virtualmachineid = await deploy(`${first},${second}`);
  const { body } = await server.call(alice, 'listNics', { virtualmachineid, networkid: second });
  let tried = false;
  server.agent.intercept = (command, subject) => {
    if (command !== 'startGuest' || subject !== virtualmachineid) return;
    tried = true;
    throw new Error('no answer');
  };
  const removal = server.run(alice, 'removeNicFromVirtualMachine', {
    virtualmachineid,
    nicid: body.nic[0].id,
  });
  await expect.poll(() => tried, { timeout: 20_000 }).toBe(true);
  await server.run(alice, 'stopVirtualMachine', { id: virtualmachineid });
  server.agent.intercept = () => undefined;
  expect((await removal).body.virtualmachine.nic).toMatchObject([{ networkid: first }]);
  await expect.poll(() => leases(second)).toEqual([]);
});

test('a NIC whose network cannot be made is forgotten, and the instance runs on', async () => {
  const [first, second] = [await addNetwork(alice), await addNetwork(alice)];
  const virtualmachineid = await deploy(first);
  const ranges = await server.db.deleteFrom('vlan_ranges').returningAll().execute();
  await expect(
    server.run(alice, 'addNicToVirtualMachine', { virtualmachineid, networkid: second }),
  ).rejects.toThrow(/"errorcode":533/);
  await server.db.insertInto('vlan_ranges').values(ranges).execute();
  const { body } = await server.call(alice, 'listVirtualMachines', { id: virtualmachineid });
  expect(body.virtualmachine[0]).toMatchObject({ state: 'Running', nic: [{ networkid: first }] });
  const again = await run('addNicToVirtualMachine', { virtualmachineid, networkid: second });
  expect(again.nic).toHaveLength(2);
});

test('a NIC that is the only one, the default one, or led to by rules stays', async () => {
  const [first, second] = [await addNetwork(alice), await addNetwork(alice)];
  const virtualmachineid = await deploy(first);
  const nics = async () =>
    (await server.call(alice, 'listNics', { virtualmachineid })).body.nic as { id: string }[];
  const refusal = async (nicid: string | undefined) => {
    const params = { virtualmachineid, nicid: String(nicid) };
    const { status, body } = await server.call(alice, 'removeNicFromVirtualMachine', params);
    return [status, body.errortext];
  };
  expect(await refusal((await nics())[0]?.id)).toEqual([431, expect.stringMatching(/only/)]);
  await run('addNicToVirtualMachine', { virtualmachineid, networkid: second });
  const [one, two] = await nics();
  expect(await refusal(one?.id)).toEqual([431, expect.stringMatching(/default/)]);
  const { body } = await server.run(alice, 'associateIpAddress', { networkid: second });
  const ipaddressid = body.ipaddress.id;
  const nat = { ipaddressid, virtualmachineid, networkid: second };
  expect((await server.call(alice, 'enableStaticNat', nat)).status).toBe(200);
  expect(await refusal(two?.id)).toEqual([431, expect.stringMatching(/static NAT/)]);
  await server.run(alice, 'disableStaticNat', { ipaddressid });
  const forward = await server.run(alice, 'createPortForwardingRule', {
    ipaddressid,
    virtualmachineid,
    protocol: 'tcp',
    publicport: '80',
    privateport: '80',
  });
  expect(await refusal(two?.id)).toEqual([431, expect.stringMatching(/port forwarding/)]);
  await server.run(alice, 'deletePortForwardingRule', {
    id: forward.body.portforwardingrule.id,
  });
  await run('removeNicFromVirtualMachine', { virtualmachineid, nicid: String(two?.id) });
});

test('refuses a second NIC in a network, a taken name, address or MAC, and too many', async () => {
  const [first, second] = [await addNetwork(alice), await addNetwork(alice)];
  const virtualmachineid = await deploy(first, { name: 'twin' });
  await deploy(second, { name: 'TWIN', startvm: 'false' });
  const add = async (params: Record<string, string>) => {
    const { status, body } = await server.call(alice, 'addNicToVirtualMachine', {
      virtualmachineid,
      ...params,
    });
    return [status, body.errortext];
  };
  const refused = (text: RegExp) => [431, expect.stringMatching(text)];
  expect(await add({ networkid: first })).toEqual(refused(/already/));
  expect(await add({ networkid: second })).toEqual(refused(/name/));
  const third = await addNetwork(alice);
  expect(await add({ networkid: third, ipaddress: '10.2.1.9' })).toEqual(refused(/range/));
  expect(await add({ networkid: third, macaddress: 'ff:ff:ff:ff:ff:ff' })).toEqual(refused(/MAC/));
  expect(await add({ networkid: third, 'dhcpoptions[0].x': 'y' })).toEqual(refused(/dhcpoptions/i));
  for (let count = 1; count < mostNics; count += 1)
    await run('addNicToVirtualMachine', { virtualmachineid, networkid: await addNetwork(alice) });
  expect(await add({ networkid: third })).toEqual(refused(/at most 8/));
});

test('NICs are not for strangers', async () => {
  const own = await addNetwork(bob);
  const first = await addNetwork(alice);
  const virtualmachineid = await deploy(first);
  const { body } = await server.call(alice, 'listNics', { virtualmachineid });
  const nicid = body.nic[0].id;
  const status = async (by: Tenant, command: string, params: Record<string, string>) =>
    (await server.call(by, command, { virtualmachineid, ...params })).status;
  expect(await status(bob, 'addNicToVirtualMachine', { networkid: own })).toBe(531);
  expect(await status(alice, 'addNicToVirtualMachine', { networkid: own })).toBe(531);
  expect(await status(bob, 'removeNicFromVirtualMachine', { nicid })).toBe(531);
  expect(await status(bob, 'updateDefaultNicForVirtualMachine', { nicid })).toBe(531);
  const other = await deploy(await addNetwork(alice));
  const foreign = (await server.call(alice, 'listNics', { virtualmachineid: other })).body.nic[0];
  expect(await status(alice, 'removeNicFromVirtualMachine', { nicid: foreign.id })).toBe(431);
});
