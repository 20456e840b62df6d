import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let bob: Tenant;
let domainAdmin: Tenant;
let place: { zoneid: string; templateid: string; serviceofferingid: string };

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  bob = await server.tenant('bob');
  domainAdmin = await server.tenant('branch', 'Domain Admin');
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  place = {
    zoneid: await first('listZones', 'zone'),
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
  };
}, 60_000);
afterAll(() => server.close());

async function create(by: Keys, offering: string, params: Record<string, string>) {
  const { body } = await server.call(by, 'listNetworkOfferings', { name: offering });
  return server.call(by, 'createNetwork', {
    zoneid: place.zoneid,
    networkofferingid: body.networkoffering[0].id,
    name: offering,
    ...params,
  });
}

const lan = {
  vlan: '2000',
  gateway: '192.0.2.1',
  netmask: '255.255.255.0',
  startip: '192.0.2.10',
  endip: '192.0.2.13',
};
const shared = (params: Record<string, string> = {}) =>
  create(server.admin, 'DefaultSharedNetworkOffering', { ...lan, ...params });

async function deploy(by: Tenant, networkids: string) {
  const { body } = await server.run(by, 'deployVirtualMachine', { ...place, networkids });
  return body.virtualmachine;
}

const listed = async (by: Keys, params: Record<string, string> = {}) =>
  ((await server.call(by, 'listNetworks', params)).body.network ?? []).map(
    (one: { id: string }) => one.id,
  );

const guestSpec = (id: string) => server.agent.guests.get(id)?.spec.nics[0];

async function routersOf(networkid: string) {
  return server.db.selectFrom('routers').selectAll().where('network_id', '=', networkid).execute();
}

test('an L2 network is a segment: no router, no addresses, guests held to their MAC only', async () => {
  const { network } = (await create(alice, 'DefaultL2NetworkOffering', {})).body;
  expect(network).toMatchObject({ type: 'L2', acltype: 'Account', service: [] });
  for (const field of ['cidr', 'gateway', 'netmask', 'dns1'])
    expect(network[field], field).toBeUndefined();
  const instance = await deploy(alice, network.id);
  expect(instance.state).toBe('Running');
  expect(instance.ipaddress).toBeUndefined();
  expect(instance.nic[0]).toMatchObject({ type: 'L2', networkid: network.id });
  expect(instance.nic[0].ipaddress).toBeUndefined();
  expect(guestSpec(instance.id)).toMatchObject({ pinnedAddresses: 'any' });
  expect(await routersOf(network.id)).toEqual([]);
  const [now] = (await server.call(alice, 'listNetworks', { id: network.id })).body.network;
  expect(now.state).toBe('Implemented');
  const refusals: [string, Record<string, string>][] = [
    ['addIpToNic', { nicid: instance.nic[0].id }],
    ['updateVmNicIp', { nicid: instance.nic[0].id }],
    ['associateIpAddress', { networkid: network.id }],
    ['createEgressFirewallRule', { networkid: network.id, protocol: 'all' }],
    ['updateNetwork', { id: network.id, dns1: '9.9.9.9' }],
    ['updateNetwork', { id: network.id, guestvmcidr: '10.1.1.0/25' }],
  ];
  for (const [command, params] of refusals)
    expect((await server.call(alice, command, params)).status, command).toBe(431);
  await server.run(alice, 'restartNetwork', { id: network.id, cleanup: 'true' });
  expect(await routersOf(network.id)).toEqual([]);
  await server.run(alice, 'stopVirtualMachine', { id: instance.id });
  await server.run(alice, 'startVirtualMachine', { id: instance.id });
  expect(await routersOf(network.id)).toEqual([]);
  await server.run(server.admin, 'destroyVirtualMachine', { id: instance.id, expunge: 'true' });
  await server.run(alice, 'deleteNetwork', { id: network.id });
});

test('an L2 network takes no addresses, and a VLAN of choice from the administrator only', async () => {
  for (const params of [{ gateway: '10.1.1.1', netmask: '255.255.255.0' }, { dns1: '9.9.9.9' }])
    expect((await create(alice, 'DefaultL2NetworkOffering', params)).body.errortext).toContain(
      'L2',
    );
  const vlan = { vlan: '2100' };
  expect((await create(alice, 'DefaultL2NetworkOfferingVlan', vlan)).status).toBe(531);
  const made = await create(server.admin, 'DefaultL2NetworkOfferingVlan', vlan);
  expect(made.body.network).toMatchObject({ vlan: '2100', type: 'L2' });
  const inRange = { vlan: '500' };
  const refused = await create(server.admin, 'DefaultL2NetworkOfferingVlan', inRange);
  expect(refused.body.errortext).toContain('range');
  const bypass = { ...inRange, bypassvlanoverlapcheck: 'true' };
  const taken = await create(server.admin, 'DefaultL2NetworkOfferingVlan', bypass);
  expect(taken.body.network.vlan).toBe('500');
  const twice = await create(server.admin, 'DefaultL2NetworkOfferingVlan', bypass);
  expect(twice.body.errortext).toContain('already exists');
});

test('a shared network of a domain serves its accounts; its gateway is the operator’s', async () => {
  const { network } = (await shared({ dns1: '9.9.9.9' })).body;
  expect(network).toMatchObject({
    type: 'Shared',
    acltype: 'Domain',
    subdomainaccess: true,
    vlan: '2000',
    gateway: '192.0.2.1',
    cidr: '192.0.2.0/24',
    specifyipranges: true,
  });
  expect(network.account).toBeUndefined();
  for (const by of [alice, domainAdmin]) expect(await listed(by)).toContain(network.id);
  expect(await listed(alice, { type: 'Shared', networkfilter: 'Domain' })).toEqual([network.id]);
  expect(await listed(alice, { networkfilter: 'Account' })).not.toContain(network.id);
  const first = await deploy(alice, network.id);
  const second = await deploy(domainAdmin, network.id);
  expect([first.ipaddress, second.ipaddress]).toEqual(['192.0.2.11', '192.0.2.12']);
  expect(first.nic[0]).toMatchObject({ type: 'Shared', gateway: '192.0.2.1' });
  expect(guestSpec(first.id)).toMatchObject({ pinnedAddresses: ['192.0.2.11'] });
  const [router] = await routersOf(network.id);
  const index = server.agent.routers.get(router?.id ?? '')?.index;
  expect(index?.header).toMatchObject({
    guest: { address: '192.0.2.10', cidr: '192.0.2.0/24', gateway: '192.0.2.1' },
    public: null,
    sourceNat: null,
    nameservers: ['9.9.9.9'],
  });
  expect(server.agent.routers.get(router?.id ?? '')?.spec.nics).toHaveLength(2);
  await deploy(bob, network.id);
  const full = await server.call(bob, 'deployVirtualMachine', { ...place, networkids: network.id });
  expect(full.body.errorcode).toBe(533);
  expect((await server.call(alice, 'deleteNetwork', { id: network.id })).status).toBe(531);
  expect((await server.call(domainAdmin, 'updateNetwork', { id: network.id })).status).toBe(531);
  const isolated = await server.call(alice, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOffering',
  });
  const changed = await server.call(server.admin, 'updateNetwork', {
    id: network.id,
    networkofferingid: isolated.body.networkoffering[0].id,
  });
  expect(changed.body.errortext).toContain('is for Isolated networks, and this one is Shared');
});

test('in a shared network only root administrators choose MAC addresses', async () => {
  const { network } = (await shared({ vlan: '2010' })).body;
  const mac = '02:00:00:00:10:01';
  const ask = (by: Keys, macaddress: string) =>
    server.call(by, 'deployVirtualMachine', { ...place, networkids: network.id, macaddress });
  for (const by of [alice, domainAdmin]) {
    const { status, body } = await ask(by, mac);
    expect([status, body.errortext]).toEqual([531, expect.stringContaining('shared network')]);
  }
  const made = await server.run(server.admin, 'deployVirtualMachine', {
    ...place,
    networkids: network.id,
    macaddress: mac,
  });
  expect(made.body.virtualmachine.nic[0].macaddress).toBe(mac);
  await server.run(server.admin, 'destroyVirtualMachine', {
    id: made.body.virtualmachine.id,
    expunge: 'true',
  });
  await server.run(server.admin, 'deleteNetwork', { id: network.id });
});

test('a shared network of one domain, or of one account, is nobody else’s', async () => {
  const domain = await server.call(domainAdmin, 'listDomains');
  const domainid: string = domain.body.domain[0].id;
  const branch = await shared({ vlan: '2001', domainid, subdomainaccess: 'false' });
  expect(branch.body.network).toMatchObject({ domainid, subdomainaccess: false });
  const own = await shared({
    vlan: '2002',
    acltype: 'Account',
    account: 'alice',
    domainid: (await server.call(alice, 'listAccounts')).body.account[0].domainid,
  });
  expect(own.body.network).toMatchObject({ account: 'alice', acltype: 'Account' });
  const ids = [branch.body.network.id, own.body.network.id];
  const seen = async (by: Keys) => (await listed(by)).filter((id: string) => ids.includes(id));
  expect(await seen(domainAdmin)).toEqual([ids[0]]);
  expect(await seen(alice)).toEqual([ids[1]]);
  expect(await seen(bob)).toEqual([]);
  for (const networkids of ids)
    expect((await server.call(bob, 'deployVirtualMachine', { ...place, networkids })).status).toBe(
      531,
    );
});

test('a shared network is what its administrator can serve', async () => {
  const refusals: [Record<string, string>, string][] = [
    [{ vlan: '2000' }, 'already exists'],
    [{ gateway: '192.0.2.12' }, 'in the range'],
    [{ endip: '192.0.3.1' }, 'endip'],
    [{ startip: '192.0.2.20' }, 'behind'],
    [{ routerip: '192.0.2.1' }, 'gateway'],
    [{ netmask: '255.255.255.255' }, 'netmask'],
    [{ account: 'alice', acltype: 'Domain' }, 'acltype Domain'],
  ];
  for (const [params, text] of refusals) {
    const { status, body } = await shared({ vlan: '2003', ...params });
    expect([status, body.errortext]).toEqual([431, expect.stringContaining(text)]);
  }
  expect((await create(alice, 'DefaultSharedNetworkOffering', lan)).status).toBe(531);
  const misplaced = await create(alice, 'DefaultIsolatedNetworkOfferingWithSourceNatService', {
    startip: '10.1.1.4',
  });
  expect(misplaced.body.errortext).toContain('startip');
});

test('the owner of a network gives permissions to accounts of its domain', async () => {
  const { network } = (
    await create(alice, 'DefaultIsolatedNetworkOfferingWithSourceNatService', { name: 'lent' })
  ).body;
  const permit = (by: Keys, command: string, params: Record<string, string> = {}) =>
    server.call(by, command, { networkid: network.id, ...params });
  const bobs = { accountids: bob.accountId };
  expect((await permit(bob, 'createNetworkPermissions', bobs)).status).toBe(531);
  expect((await permit(bob, 'listNetworkPermissions')).status).toBe(531);
  expect(await listed(bob)).not.toContain(network.id);
  await permit(alice, 'createNetworkPermissions', { accounts: 'bob' });
  await permit(alice, 'createNetworkPermissions', bobs);
  const { body } = await permit(alice, 'listNetworkPermissions');
  expect(body).toMatchObject({
    count: 1,
    networkpermission: [{ accountid: bob.accountId, account: 'bob', networkid: network.id }],
  });
  expect(await listed(bob)).toContain(network.id);
  const instance = await deploy(bob, network.id);
  expect(instance).toMatchObject({ account: 'bob', state: 'Running' });
  for (const accountids of [alice.accountId, domainAdmin.accountId])
    expect((await permit(alice, 'createNetworkPermissions', { accountids })).status).toBe(431);
  await permit(alice, 'removeNetworkPermissions', bobs);
  expect(await listed(bob)).not.toContain(network.id);
  const refused = await server.call(bob, 'deployVirtualMachine', {
    ...place,
    networkids: network.id,
  });
  expect(refused.status).toBe(531);
  await permit(alice, 'createNetworkPermissions', bobs);
  await permit(alice, 'resetNetworkPermissions');
  expect((await permit(alice, 'listNetworkPermissions')).body.count ?? 0).toBe(0);
});

test('networks go with their domain; an account keeps those that others are in', async () => {
  const made = await server.call(server.admin, 'createDomain', { name: 'leaving' });
  const domainid: string = made.body.domain.id;
  await shared({ vlan: '2004', domainid });
  const remove = (params = {}) =>
    server.run(server.admin, 'deleteDomain', { id: domainid, ...params });
  await expect(remove()).rejects.toThrow('shared network');
  await remove({ cleanup: 'true' });
  expect(await listed(server.admin, { vlan: '2004', listall: 'true' })).toEqual([]);

  const lender = await server.tenant('lender');
  const { network } = (
    await create(lender, 'DefaultIsolatedNetworkOfferingWithSourceNatService', { name: 'lent' })
  ).body;
  await server.call(lender, 'createNetworkPermissions', { networkid: network.id, accounts: 'bob' });
  const instance = await deploy(bob, network.id);
  const free = await server.call(lender, 'listPublicIpAddresses', { state: 'Free', pagesize: '1' });
  await server.call(lender, 'reserveIpAddress', { id: free.body.publicipaddress[0].id });
  const removal = () => server.run(server.admin, 'deleteAccount', { id: lender.accountId });
  await expect(removal()).rejects.toThrow('of another account');
  await server.run(server.admin, 'destroyVirtualMachine', { id: instance.id, expunge: 'true' });
  await removal();
});

test('addresses of another public VLAN than its own are not for a network', async () => {
  const { network } = (
    await create(bob, 'DefaultIsolatedNetworkOfferingWithSourceNatService', {
      name: 'one side',
      gateway: '10.10.0.1',
      netmask: '255.255.255.0',
    })
  ).body;
  const associate = (params: Record<string, string>) =>
    server.run(bob, 'associateIpAddress', { networkid: network.id, ...params });
  await associate({});
  for (const [vlan, block] of [
    ['3000', '198.18.6'],
    ['untagged', '198.18.7'],
  ] as const)
    expect(
      (
        await server.call(server.admin, 'createVlanIpRange', {
          zoneid: place.zoneid,
          gateway: `${block}.1`,
          netmask: '255.255.255.0',
          startip: `${block}.10`,
          endip: `${block}.20`,
          vlan,
        })
      ).status,
    ).toBe(200);
  await expect(associate({ ipaddress: '198.18.6.10' })).rejects.toThrow('another public VLAN');
  const { body } = await associate({ ipaddress: '198.18.7.10' });
  expect(body.ipaddress.ipaddress).toBe('198.18.7.10');
});

test('part of an isolated network is kept from instances', async () => {
  const { network } = (
    await create(bob, 'DefaultIsolatedNetworkOfferingWithSourceNatService', {
      name: 'reserved',
      gateway: '10.9.0.1',
      netmask: '255.255.255.0',
      externalid: 'crm-17',
    })
  ).body;
  expect(network.externalid).toBe('crm-17');
  const update = (guestvmcidr: string) =>
    server.run(bob, 'updateNetwork', { id: network.id, guestvmcidr });
  const { body } = await update('10.9.0.128/26');
  expect(body.network).toMatchObject({
    cidr: '10.9.0.128/26',
    networkcidr: '10.9.0.0/24',
    reservediprange: '10.9.0.0-10.9.0.127,10.9.0.192-10.9.0.255',
  });
  const instance = await deploy(bob, network.id);
  expect(instance.ipaddress).toBe('10.9.0.128');
  await expect(update('10.9.0.0/25')).rejects.toThrow('10.9.0.128');
  await expect(update('10.8.0.0/25')).rejects.toThrow('not within');
  await expect(update('10.8.0.0/16')).rejects.toThrow('not within');
  const whole = await update('10.9.0.0/24');
  expect(whole.body.network).toMatchObject({ cidr: '10.9.0.0/24' });
  expect(whole.body.network.networkcidr).toBeUndefined();
});
