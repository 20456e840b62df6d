import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

async function place(tenant: Tenant, cidr: string): Promise<{ networkid: string; vm: string }> {
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(tenant, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  const network = await server.call(tenant, 'createNetwork', {
    name: `net ${cidr}`,
    zoneid,
    networkofferingid: await first('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
    gateway: cidr,
    netmask: '255.255.255.0',
  });
  const networkid: string = network.body.network.id;
  const vm = await server.run(tenant, 'deployVirtualMachine', {
    zoneid,
    networkids: networkid,
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering', {
      name: 'Small Instance',
    }),
  });
  return { networkid, vm: vm.body.virtualmachine.id };
}

test('an account is deleted with its instances, networks, addresses and tags, and the job waits for all', async () => {
  const tenant = await server.tenant('leaver');
  const one = await place(tenant, '10.1.1.1');
  const two = await place(tenant, '10.1.2.1');
  await server.run(tenant, 'createTags', {
    resourcetype: 'Network',
    resourceids: `${one.networkid},${two.networkid}`,
    'tags[0].key': 'stage',
    'tags[0].value': 'test',
  });
  await server.run(tenant, 'createTags', {
    resourcetype: 'uservm',
    resourceids: one.vm,
    'tags[0].key': 'role',
    'tags[0].value': 'web',
  });
  const counted = await server.call(server.admin, 'listAccounts', { id: tenant.accountId });
  expect(counted.body.account[0]).toMatchObject({
    vmtotal: 2,
    vmrunning: 2,
    networktotal: 2,
    iptotal: 2,
    cputotal: 2,
    memorytotal: 1024,
  });
  const host = await server.call(server.admin, 'listHosts', { details: 'capacity' });
  const mib = 2 ** 20;
  expect(host.body.host[0]).toMatchObject({
    state: 'Up',
    cpuallocatedvalue: 2000,
    memoryallocated: (2 * 512 + 2 * 256) * mib,
  });

  await server.run(server.admin, 'deleteAccount', { id: tenant.accountId });
  for (const table of ['networks', 'instances', 'routers', 'nics', 'vlan_tags', 'tags'] as const)
    expect(await server.db.selectFrom(table).selectAll().execute(), table).toEqual([]);
  const held = await server.db
    .selectFrom('public_addresses')
    .select('address')
    .where('state', '<>', 'Free')
    .execute();
  expect(held).toEqual([]);
  const accounts = await server.db
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', tenant.accountId)
    .execute();
  expect(accounts).toEqual([]);
  expect(server.agent.guests.size).toBe(0);
});

test('of a deletion and networks made at once, nothing is left', async () => {
  const tenant = await server.tenant('hasty');
  const zones = await server.call(tenant, 'listZones');
  const offerings = await server.call(tenant, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const params = {
    zoneid: zones.body.zone[0].id,
    networkofferingid: offerings.body.networkoffering[0].id,
  };
  const make = (name: string) => server.call(tenant, 'createNetwork', { ...params, name });
  const [early, , ...late] = await Promise.all([
    make('early'),
    server.run(server.admin, 'deleteAccount', { id: tenant.accountId }),
    ...Array.from({ length: 6 }, (_, index) => make(`late ${index}`)),
  ]);
  for (const { status } of [early, ...late]) expect([200, 401, 431]).toContain(status);
  const left = await server.db.selectFrom('networks').select('name').execute();
  expect(left).toEqual([]);
});

test('a domain is deleted with the networks of its accounts', async () => {
  const made = await server.call(server.admin, 'createDomain', { name: 'leaving' });
  const domainid: string = made.body.domain.id;
  const owner = await server.call(server.admin, 'createAccount', {
    username: 'inhabitant',
    password: 'secret',
    email: 'i@example.org',
    firstname: 'I',
    lastname: 'N',
    accounttype: '0',
    domainid,
  });
  const userId: string = owner.body.account.user[0].id;
  const keys = await server.run(server.admin, 'registerUserKeys', { id: userId });
  await place(
    {
      apiKey: keys.body.userkeys.apikey,
      secretKey: keys.body.userkeys.secretkey,
      accountId: owner.body.account.id,
      userId,
      account: 'inhabitant',
      username: 'inhabitant',
      password: 'secret',
    },
    '10.1.1.1',
  );
  const counted = await server.call(server.admin, 'listDomains', { id: domainid });
  expect(counted.body.domain[0]).toMatchObject({ vmtotal: 1, networktotal: 1, iptotal: 1 });
  await server.run(server.admin, 'deleteDomain', { id: domainid, cleanup: 'true' });
  expect((await server.call(server.admin, 'listDomains', { id: domainid })).body).toEqual({});
  expect(await server.db.selectFrom('networks').select('id').execute()).toEqual([]);
});
