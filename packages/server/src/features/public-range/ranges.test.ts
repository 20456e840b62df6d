import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let bob: Tenant;
let chief: Tenant;
let zoneid: string;
let networkofferingid: string;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  bob = await server.tenant('bob');
  chief = await server.tenant('chief', 'Domain Admin');
  zoneid = (await call('listZones')).zone[0].id;
  networkofferingid = (
    await call('listNetworkOfferings', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    })
  ).networkoffering[0].id;
});
afterAll(() => server.close());

type Params = Readonly<Record<string, string>>;
type Caller = { readonly apiKey: string; readonly secretKey: string };
const call = async (command: string, params: Params = {}, by: Caller = server.admin) => {
  const { status, body } = await server.call(by, command, params);
  expect(status, `${command}: ${JSON.stringify(body)}`).toBe(200);
  return body;
};
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

const block = (startip: string, endip: string, more: Params = {}) => ({
  zoneid,
  gateway: startip.replace(/\d+$/, '1'),
  netmask: '255.255.255.0',
  startip,
  endip,
  ...more,
});
const make = async (startip: string, endip: string, more: Params = {}) =>
  (await call('createVlanIpRange', block(startip, endip, more))).vlan;

async function network(by: Caller): Promise<string> {
  return (await call('createNetwork', { name: 'net', zoneid, networkofferingid }, by)).network.id;
}
async function take(networkid: string, by: Caller, more: Params = {}): Promise<string> {
  const { body } = await server.run(by, 'associateIpAddress', { networkid, ...more });
  return body.ipaddress.ipaddress;
}

test('ranges are checked against everything else that has addresses or tags', async () => {
  const bad: [Params, RegExp][] = [
    [block('198.51.100.10', '198.51.99.20'), /not in the subnet/],
    [block('198.51.100.20', '198.51.100.10'), /comes after/],
    [block('198.51.100.1', '198.51.100.10'), /gateway/],
    [block('198.51.100.10', '198.51.100.255'), /broadcast/],
    [block('198.51.100.10', '198.51.100.20', { netmask: '255.0.255.0' }), /netmask/],
    [block('198.51.100.10', 'nonsense'), /nonsense/],
    [block('203.0.113.240', '203.0.113.252'), /overlaps with public addresses/],
    [block('203.0.113.251', '203.0.113.252', { vlan: '7' }), /overlaps with the subnet/],
    [block('203.0.113.251', '203.0.113.252', { gateway: '203.0.113.2' }), /overlaps with the sub/],
    [block('169.254.8.10', '169.254.8.12'), /control network/],
    [block('198.51.100.10', '198.51.100.20', { vlan: '150' }), /guest networks/],
    [block('198.51.100.10', '198.51.100.20', { vlan: '4095' }), /VLAN tag/],
    [block('198.51.100.10', '198.51.100.20', { forvirtualnetwork: 'false' }), /networkid/],
    [block('198.51.100.10', '198.51.100.20', { forsystemvms: 'true' }), /system machines/],
    [{ zoneid, startip: '198.51.100.10' }, /must be given/],
  ];
  for (const [params, why] of bad) await refused('createVlanIpRange', params, why);
  const range = await make('198.51.100.10', '198.51.100.12', { vlan: 'vlan://7' });
  expect(range).toMatchObject({ vlan: 'vlan://7', startip: '198.51.100.10' });
  await refused('createPhysicalNetwork', { name: 'x', zoneid, vlan: '5-9' }, /public addresses/);
  for (const found of [
    { id: range.id },
    { vlan: '7' },
    { keyword: '198.51' },
    { zoneid, vlan: '7' },
  ])
    expect((await call('listVlanIpRanges', found)).vlaniprange).toEqual([range]);

  const { vlan: moved } = await call('updateVlanIpRange', { id: range.id, endip: '198.51.100.14' });
  expect(moved).toMatchObject({ endip: '198.51.100.14' });
  await call('deleteVlanIpRange', { id: range.id });
  expect((await call('listVlanIpRanges', { id: range.id })).count ?? 0).toBe(0);
});

test('addresses in use stay in their range', async () => {
  const range = await make('198.51.101.10', '198.51.101.12');
  const id = await network(alice);
  const address = await take(id, alice, { ipaddress: '198.51.101.11' });
  expect(address).toBe('198.51.101.11');
  await refusedWith(536, ['deleteVlanIpRange', { id: range.id }, /1 of them/]);
  await refused('updateVlanIpRange', { id: range.id, startip: '198.51.101.12' }, /in use/);
  await refused(
    'updateVlanIpRange',
    { id: range.id, gateway: '198.51.101.2' },
    /gateway and netmask/,
  );
  const other = { id: range.id, account: 'bob', domainid: await rootId() };
  await refused('dedicatePublicIpRange', other, /belongs to another account/);
  await server.run(server.admin, 'deleteNetwork', { id });
  await call('deleteVlanIpRange', { id: range.id });
});

const rootId = async (): Promise<string> =>
  (await call('listDomains', { level: '0' })).domain[0].id;

test('a range set aside is for its account first, and for nobody else', async () => {
  const domainid = await rootId();
  const own = await make('198.51.102.10', '198.51.102.11', { account: 'alice', domainid });
  expect(own).toMatchObject({ account: 'alice', domainid, domain: 'ROOT' });
  expect((await call('listVlanIpRanges', { account: 'alice', domainid })).vlaniprange).toEqual([
    own,
  ]);
  expect((await call('listVlanIpRanges', { account: 'bob', domainid })).count ?? 0).toBe(0);
  await refused('dedicatePublicIpRange', { id: own.id, domainid }, /set aside already/);

  const [hers, his] = [await network(alice), await network(bob)];
  expect(await take(hers, alice)).toBe('198.51.102.10');
  expect(await take(his, bob)).toMatch(/^203\.0\.113\./);
  const { status } = await server.call(bob, 'associateIpAddress', {
    networkid: his,
    ipaddress: '198.51.102.11',
  });
  expect(status).toBe(431);
  expect(await take(hers, alice)).toBe('198.51.102.11');
  await call('updateConfiguration', { name: 'use.system.public.ips', value: 'false' });
  const none = await server.call(alice, 'associateIpAddress', { networkid: hers });
  expect(none.status).toBe(533);
  await call('updateConfiguration', { name: 'use.system.public.ips', value: 'true' });
  expect(await take(hers, alice)).toMatch(/^203\.0\.113\./);

  await call('releasePublicIpRange', { id: own.id });
  await refused('releasePublicIpRange', { id: own.id }, /not set aside/);
  for (const id of [hers, his]) await server.run(server.admin, 'deleteNetwork', { id });
  await call('deleteVlanIpRange', { id: own.id });
});

test('a range set aside for a domain is for its accounts', async () => {
  const [{ domainid }] = (await call('listAccounts', { name: 'chief', listall: 'true' })).account;
  const range = await make('198.51.103.10', '198.51.103.19');
  const { vlan } = await call('dedicatePublicIpRange', { id: range.id, domainid });
  expect(vlan).toMatchObject({ domainid, domain: 'chief' });
  expect(vlan).not.toHaveProperty('account');
  const [theirs, his] = [await network(chief), await network(bob)];
  expect(await take(theirs, chief)).toBe('198.51.103.10');
  expect(await take(his, bob)).toMatch(/^203\.0\.113\./);
});

test('a zone that is disabled, or set aside for a domain, is for administrators only', async () => {
  const params = { name: 'net', zoneid, networkofferingid };
  const networkid = await network(bob);
  await call('updateZone', { id: zoneid, allocationstate: 'Disabled' });
  const taken = await server.call(bob, 'associateIpAddress', { networkid });
  expect([taken.status, taken.body.errortext]).toEqual([531, expect.stringMatching(/disabled/)]);
  for (const by of [bob, chief])
    expect((await server.call(by, 'createNetwork', params)).status).toBe(531);
  expect((await call('listZones', {}, bob)).count ?? 0).toBe(0);
  await call('createNetwork', params);
  await call('updateZone', { id: zoneid, allocationstate: 'Enabled' });

  const [{ domainid }] = (await call('listAccounts', { name: 'chief', listall: 'true' })).account;
  const { zone } = await call('createZone', {
    name: 'chiefs',
    networktype: 'Advanced',
    dns1: '192.0.2.53',
    internaldns1: '192.0.2.53',
    domainid,
    allocationstate: 'Enabled',
  });
  expect(zone).toMatchObject({ domainid, domainname: 'chief' });
  const theirs = { ...params, zoneid: zone.id };
  expect((await server.call(bob, 'createNetwork', theirs)).status).toBe(531);
  // Seen, and refused for what it lacks.
  expect((await server.call(chief, 'createNetwork', theirs)).status).toBe(431);
  expect((await call('listZones', { id: zone.id }, bob)).count ?? 0).toBe(0);
  expect((await call('listZones', { id: zone.id }, chief)).count).toBe(1);
  await call('updateZone', { id: zone.id, ispublic: 'true' });
  expect((await call('listZones', { id: zone.id }, bob)).count).toBe(1);
});

test('ranges set aside for a project are found by it, suspended too', async () => {
  const { body } = await server.run(alice, 'createProject', { name: 'rangers' });
  const projectid: string = body.project.id;
  const own = await make('198.51.105.10', '198.51.105.11', { projectid });
  expect(own).toMatchObject({ project: 'rangers', projectid });
  const listed = async (params: Params) => (await call('listVlanIpRanges', params)).vlaniprange;
  expect(await listed({ projectid })).toEqual([own]);
  await server.run(alice, 'suspendProject', { id: projectid });
  expect(await listed({ projectid })).toEqual([own]);
  await refusedWith(431, [
    'listVlanIpRanges',
    { projectid: '11111111-1111-4111-8111-111111111111' },
    /projectid/,
  ]);
});
