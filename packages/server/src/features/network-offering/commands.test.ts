import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let tenant: Tenant;
let zoneid: string;
beforeAll(async () => {
  server = await testServer();
  tenant = await server.tenant('tenant');
  zoneid = (await server.call(server.admin, 'listZones')).body.zone[0].id;
}, 60_000);
afterAll(() => server.close());

const highPerf = {
  name: 'IsolatedNetworkHighPerf',
  displaytext: 'Isolated network, high performance',
  guestiptype: 'Isolated',
  traffictype: 'GUEST',
  supportedservices: 'SourceNat,StaticNat,PortForwarding,Dhcp',
  'serviceproviderlist[0].service': 'SourceNat',
  'serviceproviderlist[0].provider': 'VirtualRouter',
  'serviceproviderlist[1].service': 'Dhcp',
  'serviceproviderlist[1].provider': 'VirtualRouter',
  'servicecapabilitylist[0].service': 'SourceNat',
  'servicecapabilitylist[0].capabilitytype': 'SupportedSourceNatTypes',
  'servicecapabilitylist[0].capabilityvalue': 'peraccount',
};

const create = (params: Record<string, string>) =>
  server.call(server.admin, 'createNetworkOffering', { ...highPerf, ...params });
const names = async (params: Record<string, string>): Promise<string[]> => {
  const { body } = await server.call(tenant, 'listNetworkOfferings', params);
  return (body.networkoffering ?? []).map((one: { name: string }) => one.name);
};

const defaults = [
  'DefaultIsolatedNetworkOfferingWithSourceNatService',
  'DefaultIsolatedNetworkOffering',
  'DefaultSharedNetworkOffering',
  'DefaultL2NetworkOffering',
  'DefaultL2NetworkOfferingVlan',
];

test('the default offerings exist, enabled, and deny outgoing traffic', async () => {
  const { body } = await server.call(tenant, 'listNetworkOfferings', { isdefault: 'true' });
  expect(body.networkoffering.map((one: { name: string }) => one.name)).toEqual(defaults);
  const types = body.networkoffering.map((one: { guestiptype: string }) => one.guestiptype);
  expect(types).toEqual(['Isolated', 'Isolated', 'Shared', 'L2', 'L2']);
  for (const offering of body.networkoffering)
    expect(offering).toMatchObject({
      state: 'Enabled',
      egressdefaultpolicy: offering.guestiptype !== 'Isolated',
      conservemode: true,
      ispersistent: false,
    });
});

test('an offering is made, enabled, used, and only then cannot be deleted', async () => {
  const made = (await create({})).body.networkoffering;
  expect(made).toMatchObject({
    name: 'IsolatedNetworkHighPerf',
    state: 'Disabled',
    egressdefaultpolicy: true,
    conservemode: true,
  });
  expect(made.service.map((one: { name: string }) => one.name)).toEqual([
    'Dhcp',
    'PortForwarding',
    'SourceNat',
    'StaticNat',
  ]);
  const network = {
    name: 'net',
    zoneid,
    networkofferingid: made.id,
    gateway: '192.168.1.1',
    netmask: '255.255.255.0',
  };
  const disabled = await server.call(tenant, 'createNetwork', network);
  expect(disabled.body.errortext).toContain('not enabled');
  const enabled = await server.call(server.admin, 'updateNetworkOffering', {
    id: made.id,
    state: 'Enabled',
    displaytext: 'fast',
    sortkey: '-1',
  });
  expect(enabled.body.networkoffering).toMatchObject({ state: 'Enabled', displaytext: 'fast' });
  const { id } = (await server.call(tenant, 'createNetwork', network)).body.network;
  const remove = () => server.call(server.admin, 'deleteNetworkOffering', { id: made.id });
  expect((await remove()).status).toBe(536);
  await server.run(tenant, 'deleteNetwork', { id });
  expect((await remove()).body).toEqual({ success: 'true' });
});

test('what Isola cannot serve is refused by name', async () => {
  const refusals: [Record<string, string>, string][] = [
    [{ guestiptype: 'Shared' }, 'specifyvlan'],
    [{ guestiptype: 'Shared', specifyvlan: 'true', specifyipranges: 'true' }, 'SourceNat'],
    [{ guestiptype: 'L2' }, 'L2'],
    [{ supportedservices: 'Dhcp,Lb' }, 'Lb'],
    [{ supportedservices: 'Dhcp,Nonsense' }, 'Nonsense'],
    [{ supportedservices: 'Dhcp,StaticNat' }, 'StaticNat'],
    [{ supportedservices: 'Dhcp,Firewall' }, 'Firewall'],
    [{ 'serviceproviderlist[0].provider': 'JuniperSRX' }, 'JuniperSRX'],
    [{ 'serviceproviderlist[0].service': 'Dns' }, 'Dns'],
    [{ 'servicecapabilitylist[0].capabilityvalue': 'perzone' }, 'peraccount'],
    [{ 'servicecapabilitylist[0].capabilitytype': 'ElasticIp' }, 'ElasticIp'],
    [{ forvpc: 'true' }, 'forvpc'],
    [{ specifyipranges: 'true' }, 'specifyipranges'],
    [{ networkrate: '-1' }, 'networkrate'],
    [{ name: 'DefaultIsolatedNetworkOffering' }, 'already exists'],
    [{ availability: 'Required' }, 'Required'],
    [{ serviceofferingid: zoneid }, 'serviceofferingid'],
    [{ zoneid: '00000000-0000-0000-0000-000000000000' }, 'zoneid'],
  ];
  for (const [params, text] of refusals) {
    const { status, body } = await create(params);
    expect(status, JSON.stringify(params)).toBe(431);
    expect(body.errortext).toContain(text);
  }
  const [first] = (await server.call(tenant, 'listNetworkOfferings')).body.networkoffering;
  const kept = await server.call(server.admin, 'deleteNetworkOffering', { id: first.id });
  expect(kept.body.errortext).toContain('cannot be deleted');
});

test('filters show what they name', async () => {
  await create({
    name: 'tagged',
    tags: 'fast',
    specifyvlan: 'true',
    supportedservices: 'Dhcp,SourceNat',
    'serviceproviderlist[1].service': 'Dhcp',
  });
  expect(await names({})).toEqual([...defaults, 'tagged']);
  expect(await names({ istagged: 'true' })).toEqual(['tagged']);
  expect(await names({ tags: 'fast' })).toEqual(['tagged']);
  expect(await names({ state: 'disabled' })).toEqual(['tagged']);
  expect(await names({ supportedservices: 'Firewall,Dns' })).toEqual(defaults.slice(0, 1));
  expect(await names({ sourcenatsupported: 'false' })).toEqual(defaults.slice(1));
  expect(await names({ specifyvlan: 'true' })).toEqual([
    'DefaultIsolatedNetworkOffering',
    'DefaultSharedNetworkOffering',
    'DefaultL2NetworkOfferingVlan',
    'tagged',
  ]);
  expect(await names({ availability: 'Required' })).toEqual(defaults.slice(0, 1));
  expect(await names({ keyword: 'TAG' })).toEqual(['tagged']);
  expect(await names({ guestiptype: 'Shared' })).toEqual(['DefaultSharedNetworkOffering']);
  expect(await names({ forvpc: 'false', traffictype: 'guest', zoneid })).toHaveLength(6);
  expect(await names({ page: '3', pagesize: '2' })).toEqual([defaults[4], 'tagged']);
});

test('an offering like another one, but for what is given', async () => {
  const { body } = await server.call(server.admin, 'listNetworkOfferings', { name: 'tagged' });
  const clone = (params: Record<string, string>) =>
    server.call(server.admin, 'cloneNetworkOffering', {
      sourceofferingid: body.networkoffering[0].id,
      ...params,
    });
  const made = (
    await clone({
      name: 'like tagged',
      addservices: 'Dns,StaticNat',
      dropservices: 'Dhcp',
      egressdefaultpolicy: 'false',
    })
  ).body.networkoffering;
  expect(made).toMatchObject({
    name: 'like tagged',
    tags: 'fast',
    specifyvlan: true,
    state: 'Disabled',
    egressdefaultpolicy: false,
  });
  expect(made.service.map((one: { name: string }) => one.name)).toEqual([
    'Dns',
    'SourceNat',
    'StaticNat',
  ]);
  expect((await clone({ name: 'tagged' })).status).toBe(431);
  expect((await clone({ name: 'x', supportedservices: 'Dhcp', addservices: 'Dns' })).status).toBe(
    431,
  );
  await server.call(server.admin, 'deleteNetworkOffering', { id: made.id });
});

test('a network can be changed to offerings of its type', async () => {
  const [isolated] = (await server.call(tenant, 'listNetworkOfferings')).body.networkoffering;
  const { body } = await server.call(tenant, 'createNetwork', {
    name: 'changeable',
    zoneid,
    networkofferingid: isolated.id,
  });
  const networkid: string = body.network.id;
  expect(await names({ networkid })).toEqual([]);
  const { networkoffering } = (await create({ name: 'next', enable: 'true' })).body;
  expect(await names({ networkid })).toEqual(['next']);
  await server.run(tenant, 'deleteNetwork', { id: networkid });
  await server.call(server.admin, 'deleteNetworkOffering', { id: networkoffering.id });
});

test('an offering for one domain is neither shown nor given to others', async () => {
  const made = await server.call(server.admin, 'createDomain', { name: 'club' });
  const club: string = made.body.domain.id;
  const { id } = (await create({ name: 'club-only', domainid: club, enable: 'true' })).body
    .networkoffering;
  expect(await names({ name: 'club-only' })).toEqual([]);
  const refused = await server.call(tenant, 'createNetwork', {
    name: 'net',
    zoneid,
    networkofferingid: id,
  });
  expect(refused.status).toBe(531);
  await server.call(server.admin, 'updateNetworkOffering', { id, domainid: 'public' });
  expect(await names({ name: 'club-only' })).toEqual(['club-only']);
});
