import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let zoneid: string;
let first: string;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  zoneid = (await call('listZones')).zone[0].id;
  first = (await call('listPhysicalNetworks')).physicalnetwork[0].id;
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
const refused = async (command: string, params: Params, why: RegExp) => {
  const { status, body } = await server.call(server.admin, command, params);
  expect({ command, params, status, text: body.errortext }).toEqual({
    command,
    params,
    status: 431,
    text: expect.stringMatching(why),
  });
};

async function physical(name: string, params: Params): Promise<string> {
  const made = await run('createPhysicalNetwork', { name, zoneid, ...params });
  const { id } = made.physicalnetwork;
  await run('addTrafficType', { physicalnetworkid: id, traffictype: 'Guest' });
  const [provider] = (
    await call('listNetworkServiceProviders', { name: 'VirtualRouter', physicalnetworkid: id })
  ).networkserviceprovider;
  const [element] = (await call('listVirtualRouterElements', { nspid: provider.id }))
    .virtualrouterelement;
  await run('configureVirtualRouterElement', { id: element.id, enabled: 'true' });
  await run('updateNetworkServiceProvider', { id: provider.id, state: 'Enabled' });
  await run('updatePhysicalNetwork', { id, state: 'Enabled' });
  return id;
}

async function offering(name: string, tags?: string): Promise<string> {
  const params = {
    name,
    displaytext: name,
    guestiptype: 'Isolated',
    traffictype: 'GUEST',
    supportedservices: 'Dhcp,Dns,SourceNat',
    ...(tags === undefined ? {} : { tags }),
  };
  const { id } = (await call('createNetworkOffering', params)).networkoffering;
  await call('updateNetworkOffering', { id, state: 'Enabled' });
  return id;
}

test('the offering’s tag chooses the physical network; without a choice to make none is needed', async () => {
  const plain = await offering('plain');
  const gold = await offering('gold', 'gold');
  const network = (networkofferingid: string, more: Params = {}) => ({
    name: 'net',
    zoneid,
    networkofferingid,
    ...more,
  });
  const { network: only } = await call('createNetwork', network(plain));
  expect(only).toMatchObject({ physicalnetworkid: first, broadcastdomaintype: 'Vlan' });
  await refused('createNetwork', network(gold), /matches the tags gold/);

  const second = await physical('overlay', {
    tags: 'gold',
    isolationmethods: 'VXLAN',
    vlan: '7000-7999',
  });
  const { network: tagged } = await call('createNetwork', network(gold));
  expect(tagged).toMatchObject({ physicalnetworkid: second, broadcastdomaintype: 'Vxlan' });
  await refused('createNetwork', network(plain), /More than one physical network/);
  await refused('createNetwork', network(gold, { physicalnetworkid: first }), /has not the tags/);
  const named = await call('createNetwork', network(plain, { physicalnetworkid: second }));
  expect(named.network).toMatchObject({ physicalnetworkid: second });

  const [provider] = (
    await call('listNetworkServiceProviders', { name: 'VirtualRouter', physicalnetworkid: second })
  ).networkserviceprovider;
  await run('updateNetworkServiceProvider', { id: provider.id, state: 'Disabled' });
  await refused('createNetwork', network(gold), /VirtualRouter is either not there or not enabled/);
  await run('updateNetworkServiceProvider', { id: provider.id, state: 'Enabled' });
  await run('updatePhysicalNetwork', { id: second, state: 'Disabled' });
  await refused('createNetwork', network(gold), /overlay is not enabled/);
  await run('updatePhysicalNetwork', { id: second, state: 'Enabled' });
  const other = await run('createPhysicalNetwork', { name: 'bare', zoneid });
  await refused(
    'createNetwork',
    network(plain, { physicalnetworkid: other.physicalnetwork.id }),
    /bare carries no guest traffic/,
  );
});

test('ranges of tags are apart from each other’s, and keep what is in use', async () => {
  const make = (vlan: string, more: Params = {}) =>
    refused('createPhysicalNetwork', { name: 'x', zoneid, vlan, ...more }, /./);
  for (const vlan of ['0-5', '5-1', '4000-5000', 'a', '900-1100', '100']) await make(vlan);
  await make('1-5', { isolationmethods: 'GRE' });
  await make('1-5', { isolationmethods: 'VLAN,VXLAN' });
  await make('1-5', { tags: 'a,b' });
  const change = (vlan: string) => ({ id: first, vlan });
  const made = await run('updatePhysicalNetwork', change('100-199,500-599,600-650'));
  expect(made.physicalnetwork.vlan).toBe('100-199,500-650');
  const { domainid } = (await call('listAccounts', { name: 'alice', listall: 'true' })).account[0];
  const owner = { account: 'alice', domainid };
  const range = { physicalnetworkid: first, vlanrange: '510-519' };
  const dedicated = await call('dedicateGuestVlanRange', { ...owner, ...range });
  const { id } = dedicated.dedicatedguestvlanrange;
  await refused('updatePhysicalNetwork', change('100-199'), /set aside for account alice/);
  await run('releaseDedicatedGuestVlanRange', { id });
  await run('updatePhysicalNetwork', change('100-199'));
});

test('tags set aside: their account gets them first, others never; lists tell', async () => {
  const { domainid } = (await call('listAccounts', { name: 'alice', listall: 'true' })).account[0];
  const dedicate = (vlanrange: string, account = 'alice') => ({
    physicalnetworkid: first,
    account,
    domainid,
    vlanrange,
  });
  await refused('dedicateGuestVlanRange', dedicate('250-260'), /not in the ranges/);
  await refused('dedicateGuestVlanRange', dedicate('x'), /not a range/);
  const { dedicatedguestvlanrange: made } = await call(
    'dedicateGuestVlanRange',
    dedicate('110-111'),
  );
  expect(made).toMatchObject({ guestvlanrange: '110-111', account: 'alice' });
  await server.tenant('bob');
  await refused('dedicateGuestVlanRange', dedicate('111-112', 'bob'), /set aside for another/);
  const { dedicatedguestvlanrange: wider } = await call(
    'dedicateGuestVlanRange',
    dedicate('111-113'),
  );
  expect(wider).toMatchObject({ id: made.id, guestvlanrange: '110-113' });
  const listed = await call('listDedicatedGuestVlanRanges', { account: 'alice', domainid, zoneid });
  expect(listed.dedicatedguestvlanrange).toEqual([wider]);
  for (const none of [{ guestvlanrange: '1-2' }, { account: 'bob', domainid }, { zoneid: '4711' }])
    expect((await call('listDedicatedGuestVlanRanges', none)).count ?? 0).toBe(0);

  const persistent = (
    await call('createNetworkOffering', {
      name: 'persistent',
      displaytext: 'persistent',
      guestiptype: 'Isolated',
      traffictype: 'GUEST',
      supportedservices: 'Dhcp,SourceNat',
      ispersistent: 'true',
    })
  ).networkoffering.id;
  await call('updateNetworkOffering', { id: persistent, state: 'Enabled' });
  const network = async (by: Tenant | typeof server.admin) => {
    const { status, body } = await server.call(by, 'createNetwork', {
      name: 'tagged',
      zoneid,
      physicalnetworkid: first,
      networkofferingid: persistent,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    const { id } = body.network;
    return (await call('listNetworks', { id })).network[0].vlan;
  };
  expect(await network(alice)).toBe('110');
  expect(await network(server.admin)).toBe('100');
  for (const vlan of ['111', '112', '113', '101']) expect(await network(alice)).toBe(vlan);
  await call('updateConfiguration', { name: 'use.system.guest.vlans', value: 'false' });
  const { status, body } = await server.call(alice, 'createNetwork', {
    name: 'over',
    zoneid,
    physicalnetworkid: first,
    networkofferingid: persistent,
  });
  expect({ status, text: body.errortext }).toMatchObject({ status: 533 });
  await call('updateConfiguration', { name: 'use.system.guest.vlans', value: 'true' });

  const [taken] = (await call('listGuestVlans', { vnet: '110', zoneid })).guestvlan;
  expect(taken).toMatchObject({
    vlan: '110',
    allocationstate: 'Allocated',
    isdedicated: true,
    account: 'alice',
    physicalnetworkid: first,
    network: [expect.objectContaining({ name: 'tagged', account: 'alice' })],
  });
  expect((await call('listGuestVlans', { id: String(taken.id) })).guestvlan).toEqual([taken]);
  const all = await call('listGuestVlans', { physicalnetworkid: first, pagesize: '5' });
  expect(all.count).toBe(100);
  expect(all.guestvlan.map((one: { vlan: string }) => one.vlan)).toEqual([
    '100',
    '101',
    '102',
    '103',
    '104',
  ]);
  const used = await call('listGuestVlans', { physicalnetworkid: first, allocatedonly: 'true' });
  expect(used.count).toBe(6);
});
