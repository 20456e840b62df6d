import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let bob: Tenant;
let networkid: string;
let virtualmachineid: string;
let nicid: string;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  bob = await server.tenant('bob');
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  const network = await server.call(alice, 'createNetwork', {
    name: 'net',
    zoneid,
    networkofferingid: await first('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
    gateway: '10.7.0.1',
    netmask: '255.255.255.0',
  });
  networkid = network.body.network.id;
  const { body } = await server.run(alice, 'deployVirtualMachine', {
    zoneid,
    networkids: networkid,
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
  });
  virtualmachineid = body.virtualmachine.id;
  nicid = body.virtualmachine.nic[0].id;
}, 60_000);
afterAll(() => server.close());

const add = async (params: Record<string, string> = {}) =>
  (await server.run(alice, 'addIpToNic', { nicid, ...params })).body.nicsecondaryip;
const nic = async () => (await server.call(alice, 'listNics', { virtualmachineid })).body.nic[0];
const pinned = () => server.agent.guests.get(virtualmachineid)?.spec.nics[0]?.pinnedAddresses;

async function routerItems(name: 'portForwards' | 'staticNats' | 'hosts' | 'firewall') {
  const router = await server.db
    .selectFrom('routers')
    .select('id')
    .where('network_id', '=', networkid)
    .executeTakeFirstOrThrow();
  return [...(server.agent.routers.get(router.id)?.index?.items(name).values() ?? [])];
}

async function associate(): Promise<string> {
  const { body } = await server.run(alice, 'associateIpAddress', { networkid });
  return body.ipaddress.id;
}

test('a further address is shown, let through by the host, and nobody else’s', async () => {
  const made = await add({ ipaddress: '10.7.0.77' });
  expect(made).toEqual({
    id: made.id,
    ipaddress: '10.7.0.77',
    nicid,
    networkid,
    virtualmachineid,
  });
  expect((await nic()).secondaryip).toEqual([{ id: made.id, ipaddress: '10.7.0.77' }]);
  expect(pinned()).toEqual(['10.7.0.2', '10.7.0.77']);
  const lowest = await add();
  expect(lowest.ipaddress).toBe('10.7.0.3');
  for (const ipaddress of ['10.7.0.2', '10.7.0.77', '10.7.0.1', '10.8.0.1']) {
    const { body } = await server.call(alice, 'addIpToNic', { nicid, ipaddress });
    expect(body.errorcode, ipaddress).toBe(431);
  }
  expect((await server.call(bob, 'addIpToNic', { nicid })).status).toBe(531);
  expect((await server.call(bob, 'removeIpFromNic', { id: made.id })).status).toBe(531);
  for (const { id } of [made, lowest]) await server.run(alice, 'removeIpFromNic', { id });
  expect((await nic()).secondaryip).toEqual([]);
  expect(pinned()).toEqual(['10.7.0.2']);
});

test('port forwards and static NAT lead to a further address, which stays while they do', async () => {
  const made = await add({ ipaddress: '10.7.0.50' });
  const forwarded = await server.run(alice, 'createPortForwardingRule', {
    ipaddressid: await associate(),
    virtualmachineid,
    vmguestip: '10.7.0.50',
    protocol: 'tcp',
    publicport: '80',
    privateport: '8080',
  });
  const rule = forwarded.body.portforwardingrule;
  expect(rule.vmguestip).toBe('10.7.0.50');
  expect(await routerItems('portForwards')).toMatchObject([{ guestAddress: '10.7.0.50' }]);
  const remove = () => server.run(alice, 'removeIpFromNic', { id: made.id });
  await expect(remove()).rejects.toThrow('port forwarding rule');
  await server.run(alice, 'updatePortForwardingRule', { id: rule.id, vmguestip: '10.7.0.2' });
  expect(await routerItems('portForwards')).toMatchObject([{ guestAddress: '10.7.0.2' }]);
  const nat = await associate();
  const first = await associate();
  const enable = (ipaddressid: string, vmguestip?: string) =>
    server.call(alice, 'enableStaticNat', {
      ipaddressid,
      virtualmachineid,
      ...(vmguestip === undefined ? {} : { vmguestip }),
    });
  expect((await enable(nat, '10.7.0.50')).body).toEqual({ success: 'true' });
  expect((await enable(first)).body).toEqual({ success: 'true' });
  expect((await routerItems('staticNats')).length).toBe(2);
  expect((await enable(await associate(), '10.7.0.50')).status).toBe(431);
  await expect(remove()).rejects.toThrow('static NAT');
  const shown = await server.call(alice, 'listPublicIpAddresses', { id: nat });
  expect(shown.body.publicipaddress[0].vmipaddress).toBe('10.7.0.50');
  const opened = await server.run(alice, 'createIpForwardingRule', {
    ipaddressid: nat,
    protocol: 'tcp',
    startport: '22',
  });
  expect(opened.body.ipforwardingrule).toMatchObject({
    vmguestip: '10.7.0.50',
    startport: 22,
    endport: 22,
  });
  await server.run(alice, 'deleteIpForwardingRule', { id: opened.body.ipforwardingrule.id });
  await server.run(alice, 'disableStaticNat', { ipaddressid: nat });
  expect(await routerItems('staticNats')).toMatchObject([{ guestAddress: '10.7.0.2' }]);
  await remove();
});

test('the first address changes, and rules without an address of their own follow', async () => {
  const kept = await add({ ipaddress: '10.7.0.60' });
  const { body } = await server.run(alice, 'updateVmNicIp', { nicid, ipaddress: '10.7.0.9' });
  expect(body.virtualmachine.nic[0]).toMatchObject({
    ipaddress: '10.7.0.9',
    secondaryip: [{ id: kept.id, ipaddress: '10.7.0.60' }],
  });
  expect(pinned()).toEqual(['10.7.0.9', '10.7.0.60']);
  await expect.poll(() => routerItems('hosts')).toMatchObject([{ address: '10.7.0.9' }]);
  await expect
    .poll(() => routerItems('portForwards'))
    .toMatchObject([{ guestAddress: '10.7.0.9' }]);
  await expect.poll(() => routerItems('staticNats')).toMatchObject([{ guestAddress: '10.7.0.9' }]);
  const taken = { nicid, ipaddress: '10.7.0.60' };
  expect((await server.call(alice, 'updateVmNicIp', taken)).status).toBe(431);
  expect((await server.call(bob, 'updateVmNicIp', { nicid })).status).toBe(531);
  await server.run(alice, 'updateVmNicIp', { nicid });
  expect((await nic()).ipaddress).toBe('10.7.0.2');
});

test('an address is nobody else’s until the host lets it through no more', async () => {
  const kept = (await nic()).ipaddress;
  const made = await add({ ipaddress: '10.7.0.81' });
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  const other = await server.run(alice, 'deployVirtualMachine', {
    zoneid: await first('listZones', 'zone'),
    networkids: networkid,
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
  });
  const othersNic: string = other.body.virtualmachine.nic[0].id;
  const take = (ipaddress: string) =>
    server.call(alice, 'addIpToNic', { nicid: othersNic, ipaddress });
  const gates: (() => void)[] = [];
  server.agent.intercept = (command, subject, done) =>
    command === 'startGuest' && subject === virtualmachineid && !done
      ? new Promise(resolve => gates.push(resolve))
      : undefined;
  const removal = server.run(alice, 'removeIpFromNic', { id: made.id });
  await expect.poll(() => gates.length).toBe(1);
  const change = server.run(alice, 'updateVmNicIp', { nicid, ipaddress: '10.7.0.90' });
  await expect.poll(async () => (await nic()).ipaddress).toBe('10.7.0.90');
  // Neither is the NIC's any more, and the host lets both through.
  expect((await nic()).secondaryip).not.toContainEqual(
    expect.objectContaining({ ipaddress: '10.7.0.81' }),
  );
  expect(pinned()).toEqual(expect.arrayContaining([kept, '10.7.0.81']));
  for (const address of ['10.7.0.81', kept])
    expect((await take(address)).body.errortext, address).toContain('in use');
  gates[0]?.();
  await removal;
  // The host was told of the first change only.
  expect(pinned()).toContain(kept);
  expect((await take(kept)).body.errortext).toContain('in use');
  await expect.poll(() => gates.length).toBe(2);
  server.agent.intercept = () => undefined;
  gates[1]?.();
  await change;
  expect(pinned()).not.toContain(kept);
  for (const ipaddress of ['10.7.0.81', kept])
    await server.run(alice, 'addIpToNic', { nicid: othersNic, ipaddress });
});

test('a NIC may have an address back that its host has not let go of', async () => {
  const before = (await nic()).ipaddress;
  const gates: (() => void)[] = [];
  server.agent.intercept = (command, _subject, done) =>
    command === 'startGuest' && !done ? new Promise(resolve => gates.push(resolve)) : undefined;
  const there = server.run(alice, 'updateVmNicIp', { nicid, ipaddress: '10.7.0.91' });
  await expect.poll(() => gates.length).toBe(1);
  const back = server.run(alice, 'updateVmNicIp', { nicid, ipaddress: before });
  await expect.poll(async () => (await nic()).ipaddress).toBe(before);
  server.agent.intercept = () => undefined;
  gates[0]?.();
  await Promise.all([there, back]);
  expect(pinned()).toContain(before);
  expect(pinned()).not.toContain('10.7.0.91');
  expect(
    await server.db
      .selectFrom('nic_addresses')
      .select('address')
      .where('release_generation', 'is not', null)
      .execute(),
  ).toEqual([]);
});

test('addresses asked for at once are never the same', async () => {
  const made = await Promise.all(Array.from({ length: 12 }, () => add()));
  const addresses = made.map(one => one.ipaddress);
  expect(new Set([...addresses, (await nic()).ipaddress]).size).toBe(13);
  expect(new Set(pinned())).toEqual(new Set([(await nic()).ipaddress, '10.7.0.60', ...addresses]));
  await Promise.all(made.map(({ id }) => server.run(alice, 'removeIpFromNic', { id })));
});

test('no more than the setting allows', async () => {
  await server.call(server.admin, 'updateConfiguration', {
    name: 'vm.network.nic.max.secondary.ipaddresses',
    value: '1',
  });
  const { body } = await server.call(alice, 'addIpToNic', { nicid });
  expect(body.errortext).toContain('vm.network.nic.max.secondary.ipaddresses');
});
