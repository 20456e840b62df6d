import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let user: Tenant;
let chief: Tenant;

beforeAll(async () => {
  server = await testServer();
  user = await server.tenant('user');
  chief = await server.tenant('chief', 'Domain Admin');
});
afterAll(() => server.close());

const list = async (by: Keys, command: string, params: Record<string, string> = {}) => {
  const { status, body } = await server.call(by, command, params);
  expect(status, JSON.stringify(body)).toBe(200);
  const { count = 0, ...rest } = body;
  const [items = []] = Object.values<Record<string, unknown>[]>(rest);
  return { count, items };
};

test('a zone shows operators everything and users what they need', async () => {
  const { items } = await list(server.admin, 'listZones');
  const operator = {
    guestcidraddress: '10.1.1.0/24',
    dns1: '192.0.2.53',
    internaldns1: '192.0.2.53',
    zonetoken: expect.any(String),
  };
  const everyone = {
    name: 'zone1',
    networktype: 'Advanced',
    allocationstate: 'Enabled',
    dhcpprovider: 'VirtualRouter',
    securitygroupsenabled: false,
    domain: 'isola.internal',
  };
  expect(items).toEqual([expect.objectContaining({ ...everyone, ...operator })]);
  const seen = await list(user, 'listZones');
  expect(seen.items).toEqual([expect.objectContaining(everyone)]);
  for (const field of Object.keys(operator)) expect(seen.items[0]).not.toHaveProperty(field);
});

test('what an operator sees of the installation fits together', async () => {
  const one = async (command: string, params = {}) => {
    const { items } = await list(server.admin, command, params);
    expect(items).toHaveLength(1);
    return items[0] ?? {};
  };
  const zone = await one('listZones');
  const pod = await one('listPods');
  const cluster = await one('listClusters');
  const host = await one('listHosts', { type: 'routing' });
  const network = await one('listPhysicalNetworks');
  const range = await one('listVlanIpRanges');
  expect(pod).toMatchObject({ zoneid: zone['id'], zonename: 'zone1', gateway: '169.254.0.1' });
  expect(cluster).toMatchObject({ podid: pod['id'], hypervisortype: 'LXC', zoneid: zone['id'] });
  expect(host).toMatchObject({
    clusterid: cluster['id'],
    podname: pod['name'],
    state: 'Up',
    resourcestate: 'Enabled',
  });
  expect(host).toMatchObject({ memoryallocated: 0, cpuallocated: '0.00%' });
  expect(network).toMatchObject({ vlan: '100-999', isolationmethods: 'VLAN', state: 'Enabled' });
  expect(range).toMatchObject({
    vlan: 'vlan://untagged',
    gateway: '203.0.113.1',
    netmask: '255.255.255.0',
    cidr: '203.0.113.0/24',
    startip: '203.0.113.10',
    endip: '203.0.113.250',
    forvirtualnetwork: true,
    physicalnetworkid: network['id'],
  });
  const types = await list(server.admin, 'listTrafficTypes', {
    physicalnetworkid: String(network['id']),
  });
  expect(types.items.map(type => type['traffictype'])).toEqual([
    'Management',
    'Guest',
    'Public',
    'Storage',
  ]);
  const provider = await one('listNetworkServiceProviders', { name: 'virtualrouter' });
  expect(provider).toMatchObject({
    name: 'VirtualRouter',
    state: 'Enabled',
    physicalnetworkid: network['id'],
  });
  const nat = await one('listSupportedNetworkServices', { service: 'SourceNat' });
  expect(nat['capability']).toContainEqual({
    name: 'SupportedSourceNatTypes',
    value: 'peraccount',
    canchooseservicecapability: false,
  });
  expect((await list(user, 'listHypervisors')).items).toEqual([{ name: 'LXC' }]);
});

test('filters leave out what does not match', async () => {
  const none: [string, Record<string, string>][] = [
    ['listZones', { name: 'other' }],
    ['listZones', { networktype: 'Basic' }],
    ['listZones', { available: 'false' }],
    ['listZones', { ids: '00000000-0000-4000-8000-000000000000' }],
    ['listPods', { keyword: 'zzz' }],
    ['listPods', { allocationstate: 'Disabled' }],
    ['listClusters', { hypervisor: 'KVM' }],
    ['listHosts', { state: 'Down' }],
    ['listHosts', { type: 'Storage' }],
    ['listHosts', { zoneid: '4711' }],
    ['listHypervisors', { zoneid: '4711' }],
    ['listPhysicalNetworks', { name: 'other' }],
    ['listNetworkServiceProviders', { state: 'Disabled', name: 'VirtualRouter' }],
    ['listVlanIpRanges', { vlan: '7' }],
    ['listVlanIpRanges', { forvirtualnetwork: 'false' }],
    ['listSupportedNetworkServices', { provider: 'Netscaler' }],
  ];
  for (const [command, params] of none)
    expect([command, params, (await list(server.admin, command, params)).count]).toEqual([
      command,
      params,
      0,
    ]);
});

test('the installation is not for tenants', async () => {
  for (const command of [
    'listPods',
    'listClusters',
    'listHosts',
    'listPhysicalNetworks',
    'listTrafficTypes',
    'listNetworkServiceProviders',
    'listVlanIpRanges',
    'createServiceOffering',
  ])
    for (const by of [user, chief])
      expect([command, (await server.call(by, command, { id: '1' })).status]).toEqual([
        command,
        432,
      ]);
});

test('templates: featured ones for all, own ones, all for root administrators', async () => {
  const featured = await list(user, 'listTemplates', { templatefilter: 'featured' });
  expect(featured.count).toBeGreaterThan(0);
  expect(featured.items[0]).toMatchObject({
    isready: true,
    ispublic: true,
    isfeatured: true,
    hypervisor: 'LXC',
    status: 'Download Complete',
    zonename: 'zone1',
    account: 'admin',
  });
  const id = String(featured.items[0]?.['id']);
  const executable = { templatefilter: 'executable', ids: id };
  expect((await list(user, 'listTemplates', executable)).count).toBe(1);
  for (const templatefilter of ['self', 'selfexecutable', 'sharedexecutable', 'community'])
    expect((await list(user, 'listTemplates', { templatefilter })).count).toBe(0);
  expect((await list(server.admin, 'listTemplates', { templatefilter: 'self' })).count).toBe(
    featured.count,
  );
  expect((await list(server.admin, 'listTemplates', { templatefilter: 'all' })).count).toBe(
    featured.count,
  );
  expect((await server.call(chief, 'listTemplates', { templatefilter: 'all' })).status).toBe(431);
  expect((await server.call(user, 'listTemplates', { templatefilter: 'nonsense' })).status).toBe(
    431,
  );
  expect((await server.call(user, 'listTemplates')).status).toBe(431);
});

test('service offerings: the usual ones for all, system ones for root administrators', async () => {
  const small = await list(user, 'listServiceOfferings', { name: 'Small Instance' });
  expect(small.items).toEqual([
    expect.objectContaining({
      cpunumber: 1,
      cpuspeed: 500,
      memory: 512,
      issystem: false,
      state: 'Active',
    }),
  ]);
  expect((await list(user, 'listServiceOfferings', { memory: '1000' })).items).toEqual([
    expect.objectContaining({ name: 'Medium Instance' }),
  ]);
  expect((await server.call(user, 'listServiceOfferings', { issystem: 'true' })).status).toBe(531);
  const system = await list(server.admin, 'listServiceOfferings', { issystem: 'true' });
  expect(system.items).toEqual([
    expect.objectContaining({ memory: 256, issystem: true, systemvmtype: 'domainrouter' }),
  ]);
});

test('an offering of a domain is for that domain and those below', async () => {
  const make = async (name: string, parentdomainid?: string): Promise<string> => {
    const params = { name, ...(parentdomainid === undefined ? {} : { parentdomainid }) };
    return (await server.call(server.admin, 'createDomain', params)).body.domain.id;
  };
  const top = await make('top');
  const leaf = await make('leaf', top);
  const beside = await make('beside');
  const size = { cpunumber: '2', cpuspeed: '1000', memory: '2048' };
  const made = await server.call(server.admin, 'createServiceOffering', {
    name: 'Top only',
    ...size,
    domainid: top,
    networkrate: '100',
  });
  expect(made.body.serviceoffering).toMatchObject({
    domainid: top,
    domain: 'ROOT/top',
    networkrate: 100,
  });
  const seenIn = async (domainid: string) =>
    (await list(server.admin, 'listServiceOfferings', { domainid, name: 'Top only' })).count;
  expect([await seenIn(leaf), await seenIn(top), await seenIn(beside)]).toEqual([1, 1, 0]);
  expect((await list(user, 'listServiceOfferings', { name: 'Top only' })).count).toBe(0);
  expect((await server.call(user, 'listServiceOfferings', { domainid: top })).status).toBe(531);
});

test.each([
  { name: 'x' },
  { name: ' ', cpunumber: '1', cpuspeed: '1', memory: '64' },
  { name: 'x', cpunumber: '0', cpuspeed: '1', memory: '64' },
  { name: 'x', cpunumber: '1', cpuspeed: '99999999999', memory: '64' },
  { name: 'x', cpunumber: '1', cpuspeed: '1', memory: '64', zoneid: '4711' },
  { name: 'x', cpunumber: '1', cpuspeed: '1', memory: '64', systemvmtype: 'domainrouter' },
])('createServiceOffering refuses %o', async params => {
  expect((await server.call(server.admin, 'createServiceOffering', params)).status).toBe(431);
});
