import { type CommandDefinition, commands } from '@isola/api';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../http/test-server.ts';

/** Goes through every command with the ids of another tenant's objects: nothing may be seen, nothing may change. */
let server: TestServer;
let owner: Tenant;
/** A user of the same domain, and the administrator of another one. */
let strangers: Readonly<Record<'user' | 'administrator', Tenant>>;
/** Ids of the owner's objects and of what everybody may name. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await testServer();
  owner = await server.tenant('owner');
  strangers = {
    user: await server.tenant('stranger'),
    administrator: await server.tenant('foreign', 'Domain Admin'),
  };
  ids = await objectsOf(owner);
}, 60_000);
afterAll(() => server.close());

async function objectsOf(by: Tenant): Promise<Record<string, string>> {
  const { call, run } = server;
  const only = async (command: string, key: string, params: Record<string, string> = {}) => {
    const { body } = await call(by, command, params);
    return String(body[key][0].id);
  };
  const zone = await only('listZones', 'zone');
  const networkOffering = await only('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const serviceOffering = await only('listServiceOfferings', 'serviceoffering');
  const template = await only('listTemplates', 'template', { templatefilter: 'featured' });
  const made = await call(by, 'createNetwork', {
    name: 'private',
    zoneid: zone,
    networkofferingid: networkOffering,
  });
  const network = String(made.body.network.id);
  await call(by, 'createSSHKeyPair', { name: 'key' });
  const keyPair = await only('listSSHKeyPairs', 'sshkeypair');
  const deployed = await run(by, 'deployVirtualMachine', {
    name: 'vm',
    zoneid: zone,
    serviceofferingid: serviceOffering,
    templateid: template,
    networkids: network,
    keypair: 'key',
  });
  const instance = String(deployed.body.virtualmachine.id);
  const nic = String(deployed.body.virtualmachine.nic[0].id);
  const associate = async () => {
    const { body } = await run(by, 'associateIpAddress', { networkid: network });
    return String(body.ipaddress.id);
  };
  const [address, natAddress] = [await associate(), await associate()];
  const rule = async (command: string, key: string, params: Record<string, string>) => {
    const { body } = await run(by, command, { protocol: 'tcp', ...params });
    return String(body[key].id);
  };
  const firewallRule = await rule('createFirewallRule', 'firewallrule', {
    ipaddressid: address,
    startport: '80',
    endport: '80',
  });
  const egressRule = await rule('createEgressFirewallRule', 'firewallrule', {
    networkid: network,
    startport: '80',
    endport: '80',
  });
  const forwardingRule = await rule('createPortForwardingRule', 'portforwardingrule', {
    ipaddressid: address,
    virtualmachineid: instance,
    publicport: '80',
    privateport: '80',
  });
  await call(by, 'enableStaticNat', { ipaddressid: natAddress, virtualmachineid: instance });
  await run(by, 'createTags', {
    resourcetype: 'Network',
    resourceids: network,
    'tags[0].key': 'colour',
    'tags[0].value': 'green',
  });
  const router = await server.db.selectFrom('routers').select('id').executeTakeFirstOrThrow();
  const job = await server.db
    .selectFrom('jobs')
    .select('id')
    .where('account_id', '=', by.accountId)
    .executeTakeFirstOrThrow();
  const event = await server.db
    .selectFrom('events')
    .select('id')
    .where('account_id', '=', by.accountId)
    .executeTakeFirstOrThrow();
  const domain = await server.db.selectFrom('domains').select('id').executeTakeFirstOrThrow();
  const project = await run(by, 'createProject', { name: `project of ${by.account}` });
  const ofProject = await call(by, 'createNetwork', {
    name: 'private',
    zoneid: zone,
    networkofferingid: networkOffering,
    projectid: String(project.body.project.id),
  });
  return {
    project: String(project.body.project.id),
    projectNetwork: String(ofProject.body.network.id),
    zone,
    networkOffering,
    serviceOffering,
    template,
    network,
    keyPair,
    instance,
    nic,
    address,
    natAddress,
    firewallRule,
    egressRule,
    forwardingRule,
    router: router.id,
    job: job.id,
    event: event.id,
    domain: domain.id,
    account: by.accountId,
    user: by.userId,
  };
}

/** Which of the ids a command's `id` names. */
const subjects: readonly (readonly [RegExp, string])[] = [
  [/Project/, 'project'],
  [/Account/, 'account'],
  [/User/, 'user'],
  [/Domain/, 'domain'],
  [/Zone/, 'zone'],
  [/NetworkOffering/, 'networkOffering'],
  [/ServiceOffering/, 'serviceOffering'],
  [/Template/, 'template'],
  [/Router/, 'router'],
  [/VirtualMachine/, 'instance'],
  [/EgressFirewallRule/, 'egressRule'],
  [/FirewallRule/, 'firewallRule'],
  [/PortForwardingRule/, 'forwardingRule'],
  [/IpAddress/, 'address'],
  [/SSHKeyPair/, 'keyPair'],
  [/Event/, 'event'],
  [/Network/, 'network'],
];

function subjectOf(command: string): string {
  return subjects.find(([pattern]) => pattern.test(command))?.[1] ?? 'network';
}

/** The parameter that names an object, and which one. Public things (zones, offerings) let a call get as far as it can. */
function idFor(command: string, parameter: string): string | undefined {
  const named: Readonly<Record<string, string>> = {
    id: subjectOf(command),
    ids: subjectOf(command),
    networkid: 'network',
    networkids: 'network',
    associatednetworkid: 'network',
    virtualmachineid: 'instance',
    ipaddressid: command === 'disableStaticNat' ? 'natAddress' : 'address',
    nicid: 'nic',
    routerid: 'router',
    jobid: 'job',
    startid: 'event',
    resourceid: 'network',
    resourceids: 'network',
    userid: 'user',
    projectid: 'project',
    accountid: 'account',
    zoneid: 'zone',
    serviceofferingid: 'serviceOffering',
    networkofferingid: 'networkOffering',
    templateid: 'template',
  };
  return ids[named[parameter] ?? ''];
}

/** Values that make a call of the command valid, were the objects the caller's. */
const plausible: Readonly<Record<string, string>> = {
  name: 'name-of-it',
  displayname: 'renamed',
  displaytext: 'renamed',
  protocol: 'tcp',
  startport: '8080',
  endport: '8080',
  publicport: '8081',
  privateport: '8081',
  resourcetype: 'Network',
  templatefilter: 'all',
  publickey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5zXr0nY0Y2nCqVyqQ8v6xq8i0jv3m0Qy7m2l1oZ1aB',
};

/** The smallest call of the command about the owner's objects, and one with every parameter that names something. */
function callsOf(command: CommandDefinition): Record<string, string>[] {
  const least: Record<string, string> = {};
  const most: Record<string, string> = {};
  for (const [name, { type, required }] of Object.entries(command.params)) {
    const value = type === 'map' ? undefined : (idFor(command.name, name) ?? plausible[name]);
    const isId = type === 'uuid' || type === 'uuidlist';
    if (value !== undefined && (required === true || name === 'id')) least[name] = value;
    if (value !== undefined && (required === true || isId)) most[name] = value;
  }
  const tagged = { 'tags[0].key': 'colour', 'tags[0].value': 'red' };
  if (command.name.endsWith('Tags')) Object.assign(least, tagged);
  const named = { account: owner.account, domainid: ids['domain'] ?? '' };
  const calls = [least, most];
  if ('account' in command.params) calls.push({ ...least, ...named });
  if ('keypair' in command.params)
    calls.push({ ...least, templateid: ids['template'] ?? '', keypair: 'key' });
  if ('name' in command.params)
    calls.push({ ...least, name: 'key' }, { ...least, name: 'private' });
  return calls;
}

/** Tables that the server itself writes while it looks after what runs, or that tell what happened. */
const history = ['jobs', 'events', 'sessions', 'alerts', 'router_traffic', 'usage_traffic'];

async function dump(): Promise<Record<string, string[]>> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(
    server.db,
  );
  const rows: Record<string, string[]> = {};
  for (const { name } of tables.rows) {
    if (history.includes(name) || name.startsWith('kysely')) continue;
    const all = await sql<{ row: string }>`
      select (to_jsonb(t) - 'last_seen' - 'health_checked' - 'health_checks' - 'used_bytes' - 'total_bytes' - 'load')::text as row from ${sql.table(name)} t order by 1`.execute(
      server.db,
    );
    const own = await idsOfStrangers();
    rows[name] = all.rows
      .map(({ row }) => row)
      .filter(row => !own.some(accountId => row.includes(accountId)));
  }
  return rows;
}

/** Of their accounts and of the projects that they make. */
async function idsOfStrangers(): Promise<string[]> {
  const accounts = Object.values(strangers).map(({ accountId }) => accountId);
  const projects = await server.db
    .selectFrom('project_members')
    .select('project_id')
    .where('account_id', 'in', accounts)
    .execute();
  return [...accounts, ...projects.map(({ project_id }) => project_id)];
}

async function dumpOfOwner(): Promise<string[]> {
  const rows = Object.values(await dump()).flat();
  return rows.filter(row => secrets().some(id => row.includes(id)));
}

const definitions: readonly CommandDefinition[] = Object.values(commands).filter(
  ({ name }) => name !== 'login' && name !== 'logout',
);

/** Private to the owner: no answer to a stranger may hold one. */
function secrets(): string[] {
  const open = ['zone', 'networkOffering', 'serviceOffering', 'template', 'domain'];
  return Object.entries(ids)
    .filter(([name]) => !open.includes(name))
    .map(([, id]) => id);
}

for (const kind of ['user', 'administrator'] as const) {
  test.each(definitions.map(command => [command.name, command] as const))(
    `%s shows a strange ${kind} nothing and changes nothing`,
    { timeout: 60_000 },
    async (name, command) => {
      const before = await dump();
      for (const params of callsOf(command)) await expectRefused(strangers[kind], name, params);
      expect(await dump()).toEqual(before);
    },
  );
}

async function expectRefused(
  by: Tenant,
  command: string,
  params: Readonly<Record<string, string>>,
): Promise<void> {
  const asked = JSON.stringify(params);
  const { status, body } = await server.call(by, command, params);
  if (status !== 200) {
    expect([431, 432, 531], `${asked}: ${JSON.stringify(body)}`).toContain(status);
    return;
  }
  const text = JSON.stringify(body);
  for (const id of secrets()) expect(text, asked).not.toContain(id);
  if (typeof body.jobid === 'string') await settled(by, body.jobid);
}

async function settled(by: Tenant, jobid: string): Promise<void> {
  for (;;) {
    const { body } = await server.call(by, 'queryAsyncJobResult', { jobid });
    if (body.jobstatus !== 0) return;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

test("own objects do not mix with the owner's", async () => {
  const by = strangers.user;
  const own = await objectsOf(by);
  const of = (name: string): string => ids[name] ?? '';
  const ownOf = (name: string): string => own[name] ?? '';
  const rule = { protocol: 'tcp', publicport: '90', privateport: '90' };
  const free = await server.run(by, 'associateIpAddress', { networkid: ownOf('network') });
  const mixed: [string, Record<string, string>][] = [
    [
      'createPortForwardingRule',
      { ...rule, ipaddressid: ownOf('address'), virtualmachineid: of('instance') },
    ],
    [
      'createPortForwardingRule',
      { ...rule, ipaddressid: of('address'), virtualmachineid: ownOf('instance') },
    ],
    ['updatePortForwardingRule', { id: ownOf('forwardingRule'), virtualmachineid: of('instance') }],
    [
      'enableStaticNat',
      { ipaddressid: String(free.body.ipaddress.id), virtualmachineid: of('instance') },
    ],
    [
      'createTags',
      {
        resourcetype: 'Network',
        resourceids: `${ownOf('network')},${of('network')}`,
        'tags[0].key': 'a',
        'tags[0].value': 'b',
      },
    ],
    ['listNics', { virtualmachineid: of('instance') }],
    ['listNics', { virtualmachineid: ownOf('instance'), networkid: of('network') }],
    ['listFirewallRules', { ipaddressid: of('address'), listall: 'true' }],
    ['listVirtualMachines', { networkid: of('network'), listall: 'true', isrecursive: 'true' }],
  ];
  const before = await dumpOfOwner();
  for (const [command, params] of mixed) {
    const { status, body } = await server.call(by, command, params);
    if (command.startsWith('list') && status === 200)
      expect(secrets().filter(id => JSON.stringify(body).includes(id))).toEqual([]);
    else expect([431, 531, 537], `${command}: ${JSON.stringify(body)}`).toContain(status);
  }
  expect(await dumpOfOwner()).toEqual(before);
});

test('the owner sees what the stranger does not', async () => {
  const network = await server.call(owner, 'listNetworks', { id: ids['network'] ?? '' });
  expect(network.body.count).toBe(1);
  const job = await server.call(owner, 'queryAsyncJobResult', { jobid: ids['job'] ?? '' });
  expect(job.body.jobstatus).toBe(1);
});
