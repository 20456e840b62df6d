import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let zoneid: string;

beforeAll(async () => {
  server = await testServer();
  zoneid = (await server.call(server.admin, 'listZones')).body.zone[0].id;
}, 240_000);
afterAll(() => server.close());

const admin = async (command: string, params: Record<string, string> = {}) => {
  const { status, body } = await server.call(server.admin, command, params);
  expect([command, status, body]).toEqual([command, 200, body]);
  return body;
};

const setAside = async (domainid: string, name: string) => {
  const { zone } = await admin('createZone', {
    name,
    dns1: '192.0.2.53',
    internaldns1: '192.0.2.53',
    networktype: 'Advanced',
    domainid,
  });
  await server.run(server.admin, 'createPhysicalNetwork', { name, zoneid: zone.id, domainid });
  return zone.id as string;
};

async function domainOf(tenant: Tenant): Promise<string> {
  const row = await server.db
    .selectFrom('accounts')
    .select('domain_id')
    .where('id', '=', tenant.accountId)
    .executeTakeFirstOrThrow();
  return row.domain_id;
}

test('a domain that a zone is set aside for is deleted only with cleanup, which makes the zone everybody’s', async () => {
  const { domain } = await admin('createDomain', { name: 'holder' });
  const zone = await setAside(domain.id, 'held zone');
  const refused = await server.run(server.admin, 'deleteDomain', { id: domain.id }).catch(String);
  expect(refused).toContain('held zone');
  await server.run(server.admin, 'deleteDomain', { id: domain.id, cleanup: 'true' });
  expect((await server.call(server.admin, 'listDomains', { id: domain.id })).body).toEqual({});
  expect((await admin('listZones', { id: zone })).zone[0]).not.toHaveProperty('domainid');
  const { physicalnetwork } = await admin('listPhysicalNetworks', { zoneid: zone });
  expect(physicalnetwork[0]).not.toHaveProperty('domainid');
});

test('a network in which others have instances keeps its domain', async () => {
  const lender = await server.tenant('lender', 'Domain Admin');
  const network = await isolatedNetwork(lender, 'lent');
  const guest = await instance(lender, network, 'lodger');
  const other = await server.tenant('other');
  const owned = (account_id: string) =>
    server.db.updateTable('instances').set({ account_id }).where('id', '=', guest).execute();
  await owned(other.accountId);
  const gone = { id: await domainOf(lender), cleanup: 'true' };
  expect(await server.run(server.admin, 'deleteDomain', gone).catch(String)).toContain('lodger');
  await owned(lender.accountId);
  await server.run(server.admin, 'deleteDomain', gone);
});

async function first(
  by: Tenant,
  [command, key]: readonly [command: string, key: string],
  params = {},
): Promise<string> {
  return (await server.call(by, command, params)).body[key][0].id;
}

async function isolatedNetwork(by: Tenant, name: string, params = {}): Promise<string> {
  const { body } = await server.call(by, 'createNetwork', {
    name,
    zoneid,
    networkofferingid: await first(by, ['listNetworkOfferings', 'networkoffering'], {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
    ...params,
  });
  return body.network.id;
}

async function instance(by: Tenant, networkids: string, name: string): Promise<string> {
  const { body } = await server.run(by, 'deployVirtualMachine', {
    zoneid,
    networkids,
    name,
    templateid: await first(by, ['listTemplates', 'template'], { templatefilter: 'featured' }),
    serviceofferingid: await first(by, ['listServiceOfferings', 'serviceoffering']),
  });
  return body.virtualmachine.id;
}

interface ForeignKey {
  readonly child: string;
  readonly key: string;
  readonly parent: string;
}

/** Every foreign key that points at an owner, as PostgreSQL itself has it. */
async function ownerKeys(): Promise<ForeignKey[]> {
  const { rows } = await sql<ForeignKey>`
    select c.conrelid::regclass::text as child, a.attname as key, c.confrelid::regclass::text as parent
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
    where c.contype = 'f' and c.confrelid in ('domains'::regclass, 'accounts'::regclass, 'projects'::regclass, 'users'::regclass)
    order by child, key`.execute(server.db);
  return rows;
}

test('nothing that points at a domain, an account, a project or a user keeps its domain from being deleted', async () => {
  const owner = await server.tenant('owner', 'Domain Admin');
  const domainid = await domainOf(owner);
  await admin('createDomain', { name: 'below', parentdomainid: domainid });
  const of = { account: 'owner', domainid };
  await fill(owner, of);
  const leaving = {
    domains: sql`select id from domains where path = 'ROOT/owner' or path like 'ROOT/owner/%'`,
    accounts: sql`select a.id from accounts a join domains d on d.id = a.domain_id where d.path like 'ROOT/owner%'`,
    projects: sql`select p.id from projects p join accounts a on a.id = p.id join domains d on d.id = a.domain_id where d.path like 'ROOT/owner%'`,
    users: sql`select u.id from users u join domains d on d.id = u.domain_id where d.path like 'ROOT/owner%'`,
  };
  const keys = await ownerKeys();
  const unfilled: string[] = [];
  for (const { child, key, parent } of keys) {
    const ids = leaving[parent as keyof typeof leaving];
    const { rows } = await sql`select 1 from ${sql.table(child)}
      where ${sql.ref(key)} in (${ids}) limit 1`.execute(server.db);
    if (rows.length === 0) unfilled.push(`${child}.${key}`);
  }
  // A new foreign key: make such a thing in `fill`.
  expect(unfilled).toEqual([]);

  await server.run(server.admin, 'deleteDomain', { id: domainid, cleanup: 'true' });
  const { rows } =
    await sql`${leaving.domains} union all ${leaving.accounts} union all ${leaving.users}`.execute(
      server.db,
    );
  expect(rows).toEqual([]);
  expect(await server.db.selectFrom('networks').select('name').execute()).toEqual([]);
}, 240_000);

/** Has the account own one of everything that can be owned. */
async function fill(owner: Tenant, of: { account: string; domainid: string }): Promise<void> {
  const call = async (command: string, params: Record<string, string>) => {
    const { status, body } = await server.call(owner, command, params);
    expect([command, status, body]).toEqual([command, 200, body]);
    return body;
  };
  const run = async (command: string, params: Record<string, string>) =>
    (await server.run(owner, command, params)).body;

  await admin('updateConfiguration', {
    name: 'public.ip.address.quarantine.duration',
    value: '60',
  });
  await setAside(of.domainid, 'their zone');
  const physicalnetworkid = await first(
    { ...owner, ...server.admin },
    ['listPhysicalNetworks', 'physicalnetwork'],
    { zoneid },
  );
  await admin('dedicateGuestVlanRange', { ...of, physicalnetworkid, vlanrange: '900-905' });
  const addresses = { gateway: '198.51.100.1', netmask: '255.255.255.0', zoneid, vlan: 'untagged' };
  const range = (last: number, params: Record<string, string>) =>
    admin('createVlanIpRange', {
      ...addresses,
      startip: `198.51.100.${last}`,
      endip: `198.51.100.${last}`,
      forvirtualnetwork: 'true',
      ...params,
    });
  await range(10, of);
  await range(11, { domainid: of.domainid });
  await admin('updateConfiguration', {
    name: 'use.system.public.ips',
    value: 'true',
    domainid: of.domainid,
  });
  await admin('updateConfiguration', {
    name: 'use.system.public.ips',
    value: 'true',
    accountid: owner.accountId,
  });
  await admin('updateResourceLimit', { ...of, resourcetype: '0', max: '30' });
  await admin('updateResourceLimit', { domainid: of.domainid, resourcetype: '0', max: '30' });

  const network = await isolatedNetwork(owner, 'theirs');
  await call('createSSHKeyPair', { name: 'key' });
  await call('registerUserData', { name: 'data', userdata: 'IyEvYmluL3No' });
  await run('createAffinityGroup', { name: 'apart', type: 'host anti-affinity' });
  await call('createInstanceGroup', { name: 'group' });
  const virtualmachineid = await instance(owner, network, 'web');
  const { ipaddress } = await run('associateIpAddress', { networkid: network });
  await run('createPortForwardingRule', {
    ipaddressid: ipaddress.id,
    virtualmachineid,
    protocol: 'tcp',
    publicport: '80',
    privateport: '80',
  });
  await run('createTags', {
    resourcetype: 'Network',
    resourceids: network,
    'tags[0].key': 'a',
    'tags[0].value': 'b',
  });
  const spare = (await run('associateIpAddress', { networkid: network })).ipaddress;
  await run('disassociateIpAddress', { id: spare.id });
  const { quarantinedip: released } = await call('listQuarantinedIps', {});
  await call('removeQuarantinedIp', { id: released[0].id, removalreason: 'not needed' });
  await call('createWebhook', { name: 'hook', payloadurl: 'http://192.0.2.1/', scope: 'Domain' });
  const session = await fetch(server.url, {
    method: 'POST',
    body: new URLSearchParams({
      command: 'login',
      username: owner.username,
      password: owner.password,
      domain: 'owner',
    }),
  });
  expect(session.status).toBe(200);

  const { project } = await run('createProject', { name: 'project' });
  await call('createUser', {
    ...of,
    username: 'mate',
    password: 'a password',
    email: 'mate@example.org',
    firstname: 'M',
    lastname: 'A',
  });
  await run('addUserToProject', { projectid: project.id, username: 'mate' });
  await isolatedNetwork(owner, 'of the project', { projectid: project.id });
  await call('createNetworkPermissions', { networkid: network, projectids: project.id });
  // The one that its instance stands on.
  await server.db.updateTable('templates').set({ account_id: owner.accountId }).execute();
}
