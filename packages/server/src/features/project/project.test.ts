import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let owner: Tenant;
let member: Tenant;
let stranger: Tenant;
let foreign: Tenant;
let zoneid: string;
let networkofferingid: string;
let count = 0;

beforeAll(async () => {
  server = await testServer();
  owner = await server.tenant('owner');
  member = await server.tenant('member');
  stranger = await server.tenant('stranger');
  foreign = await server.tenant('foreign', 'Domain Admin');
  zoneid = (await server.call(owner, 'listZones')).body.zone[0].id;
  const offerings = await server.call(owner, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  networkofferingid = offerings.body.networkoffering[0].id;
}, 60_000);
afterAll(() => server.close());

async function project(by: Keys = owner, params: Record<string, string> = {}) {
  count += 1;
  const made = await server.run(by, 'createProject', { name: `project${count}`, ...params });
  return made.body.project;
}

const network = (by: Keys, params: Record<string, string> = {}) =>
  server.call(by, 'createNetwork', { name: 'net', zoneid, networkofferingid, ...params });

const sorted = (texts: readonly string[]) => texts.toSorted();

async function ids(by: Keys, params: Record<string, string>): Promise<string[]> {
  const { status, body } = await server.call(by, 'listNetworks', params);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.network ?? []).map((one: { id: string }) => one.id).toSorted();
}

const join = (by: Keys, projectid: string, params: Record<string, string> = {}) =>
  server.run(by, 'addAccountToProject', { projectid, account: member.account, ...params });

test('a project is made by its owner and shown to its members', async () => {
  const made = await project(owner, { displaytext: 'The first' });
  expect(made).toMatchObject({
    name: 'project1',
    displaytext: 'The first',
    state: 'Active',
    domain: 'ROOT',
    owner: [{ account: 'owner' }],
    vmtotal: 0,
    networklimit: '20',
    tags: [],
  });
  expect(made.projectaccountname).toMatch(/^PrjAcct-project1-\d+$/);
  const listed = async (by: Keys, params: Record<string, string> = {}) =>
    ((await server.call(by, 'listProjects', params)).body.project ?? []).map(
      (one: { id: string }) => one.id,
    );
  expect(await listed(owner)).toEqual([made.id]);
  for (const params of [{}, { listall: 'true' }, { id: made.id }])
    for (const by of [member, foreign]) expect(await listed(by, params)).toEqual([]);
  expect(await listed(server.admin)).toEqual([]);
  expect(await listed(server.admin, { listall: 'true' })).toEqual([made.id]);
  await join(owner, made.id);
  expect(await listed(member)).toEqual([made.id]);
  expect(await listed(member, { state: 'suspended' })).toEqual([]);
  expect(await listed(member, { keyword: 'THE FIRST' })).toEqual([made.id]);
  expect(await listed(member, { username: 'owner' })).toEqual([made.id]);
  expect(await listed(member, { username: 'stranger' })).toEqual([]);
  const accounts = await server.call(server.admin, 'listAccounts', { listall: 'true' });
  expect(accounts.body.account.map((one: { name: string }) => one.name)).not.toContain('project1');
  const again = await server.call(owner, 'createProject', { name: 'PROJECT1' });
  expect(again.status).toBe(431);
});

test('what a project owns is seen and used by its members, with projectid', async () => {
  const { id: projectid, name } = await project();
  await join(owner, projectid);
  const made = await network(member, { projectid });
  expect(made.body.network).toMatchObject({ project: name, projectid, domain: 'ROOT' });
  expect(made.body.network.account).toBeUndefined();
  const { id } = made.body.network;
  const own = (await network(member, { gateway: '10.9.9.1', netmask: '255.255.255.0' })).body
    .network.id;
  expect(await ids(member, {})).toEqual([own]);
  expect(await ids(member, { listall: 'true' })).toEqual([own]);
  expect(await ids(member, { projectid })).toEqual([id]);
  expect(await ids(member, { projectid: '-1' })).toEqual([id]);
  expect(await ids(member, { projectid: '-1', listall: 'true' })).toEqual(sorted([id, own]));
  expect(await ids(owner, { projectid })).toEqual([id]);
  expect(await ids(stranger, { projectid: '-1' })).toEqual([]);
  expect((await server.call(stranger, 'listNetworks', { projectid })).status).toBe(531);
  expect((await server.call(foreign, 'listNetworks', { projectid })).status).toBe(531);
  expect((await network(stranger, { projectid })).status).toBe(531);
  expect((await server.call(stranger, 'deleteNetwork', { id })).status).toBe(531);
  expect(await ids(server.admin, { listall: 'true' })).toEqual([own]);
  expect(await ids(server.admin, { projectid: '-1' })).toEqual([id]);
  expect(await ids(server.admin, { projectid: '-1', listall: 'true' })).toEqual(sorted([id, own]));
  expect(await ids(server.admin, { id })).toEqual([id]);
  const both = await server.call(member, 'listNetworks', { projectid, account: 'member' });
  expect(both.status).toBe(431);
  const address = await server.run(owner, 'associateIpAddress', { projectid, zoneid });
  expect(address.body.ipaddress).toMatchObject({ project: name, projectid });
  const events = await server.call(owner, 'listEvents', { projectid, type: 'NETWORK.CREATE' });
  expect(events.body.event[0]).toMatchObject({ project: name, projectid });
  await server
    .run(member, 'createTags', {
      resourcetype: 'Project',
      resourceids: projectid,
      'tags[0].key': 'colour',
      'tags[0].value': 'red',
    })
    .then(() => undefined);
  const tagged = await server.call(owner, 'listProjects', {
    'tags[0].key': 'colour',
    'tags[0].value': 'red',
  });
  expect(tagged.body.project[0].tags[0]).toMatchObject({ key: 'colour', project: name, projectid });
});

test('only those who administer a project change it and its members', async () => {
  const { id } = await project();
  await join(owner, id);
  const changes: [string, Record<string, string>][] = [
    ['updateProject', { id, displaytext: 'mine' }],
    ['suspendProject', { id }],
    ['activateProject', { id }],
    ['deleteProject', { id }],
    ['addAccountToProject', { projectid: id, account: 'stranger' }],
    ['addUserToProject', { projectid: id, username: 'stranger' }],
    ['deleteAccountFromProject', { projectid: id, account: 'owner' }],
    ['deleteUserFromProject', { projectid: id, userid: owner.userId }],
    ['updateProject', { id, account: 'member' }],
    ['updateProject', { id, account: 'member', swapowner: 'false', roletype: 'Admin' }],
  ];
  for (const [command, params] of changes)
    for (const by of [member, stranger, foreign])
      expect((await server.call(by, command, params)).status, command).toBe(531);
  expect((await server.call(stranger, 'listProjectAccounts', { projectid: id })).status).toBe(531);
  await server.run(owner, 'updateProject', { id, displaytext: 'ours', name: 'renamed' });
  await server.run(server.admin, 'updateProject', { id, displaytext: 'the cloud’s' });
  const { body } = await server.call(member, 'listProjectAccounts', { projectid: id });
  expect(body.count).toBe(2);
  expect(body.projectaccount).toMatchObject([
    { project: 'renamed', account: 'owner', role: 'Admin', accounttype: '0' },
    { account: 'member', role: 'Regular', user: [{ username: 'member' }] },
  ]);
  const admins = await server.call(member, 'listProjectAccounts', { projectid: id, role: 'admin' });
  expect(admins.body.count).toBe(1);
});

test('a project always has an administrator', async () => {
  const { id } = await project();
  await join(owner, id);
  const remove = { projectid: id, account: 'owner' };
  expect((await server.call(owner, 'deleteAccountFromProject', remove)).status).toBe(431);
  expect((await server.call(server.admin, 'deleteAccount', { id: owner.accountId })).status).toBe(
    431,
  );
  const lower = { id, account: 'owner', swapowner: 'false', roletype: 'Regular' };
  expect((await server.call(owner, 'updateProject', lower)).status).toBe(431);
  const outside = await server.call(owner, 'updateProject', { id, account: 'stranger' });
  expect(outside.status).toBe(431);
  const swapped = await server.run(owner, 'updateProject', { id, account: 'member' });
  expect(swapped.body.project.owner).toEqual([{ account: 'member' }]);
  expect((await server.call(owner, 'updateProject', { id, displaytext: 'x' })).status).toBe(531);
  await server.run(member, 'deleteAccountFromProject', remove);
  expect((await server.call(owner, 'listNetworks', { projectid: id })).status).toBe(531);
});

test('one user of an account can be in a project', async () => {
  const { id: projectid, name } = await project();
  const made = await server.call(server.admin, 'createUser', {
    account: 'stranger',
    username: 'colleague',
    password: 'secret',
    email: 'c@example.org',
    firstname: 'C',
    lastname: 'D',
    domainid: (await server.call(owner, 'listProjects')).body.project[0].domainid,
  });
  const userid: string = made.body.user.id;
  const keys = await server.run(server.admin, 'registerUserKeys', { id: userid });
  const colleague = {
    apiKey: keys.body.userkeys.apikey,
    secretKey: keys.body.userkeys.secretkey,
  };
  await server.run(owner, 'addUserToProject', { projectid, username: 'colleague' });
  expect((await server.call(colleague, 'listProjects')).body.project[0].name).toBe(name);
  expect((await network(colleague, { projectid })).status).toBe(200);
  expect((await server.call(stranger, 'listProjects')).body).toEqual({});
  expect((await server.call(stranger, 'listNetworks', { projectid })).status).toBe(531);
  const listed = await server.call(owner, 'listProjectAccounts', { projectid, userid });
  expect(listed.body.projectaccount).toMatchObject([
    { account: 'stranger', username: 'colleague', userid, role: 'Regular' },
  ]);
  // Nobody's keys, those of whole accounts neither.
  const { body: all } = await server.call(owner, 'listProjectAccounts', { projectid });
  expect(all.projectaccount[0].user).toEqual([
    { id: owner.userId, username: 'owner', account: 'owner' },
  ]);
  for (const secret of [owner.apiKey, colleague.apiKey])
    expect(JSON.stringify([all, listed.body])).not.toContain(secret);
  await server.run(owner, 'deleteUserFromProject', { projectid, userid });
  expect((await server.call(colleague, 'listNetworks', { projectid })).status).toBe(531);
});

test('nothing is made in a suspended project; a deleted one leaves nothing', async () => {
  const { id } = await project();
  const first = await network(owner, { projectid: id });
  expect(first.status).toBe(200);
  const suspended = await server.run(owner, 'suspendProject', { id });
  expect(suspended.body.project.state).toBe('Suspended');
  expect((await network(owner, { projectid: id })).status).toBe(531);
  expect(await ids(owner, { projectid: id })).toHaveLength(1);
  expect(
    (await server.call(owner, 'addAccountToProject', { projectid: id, account: 'member' })).status,
  ).toBe(431);
  await server.run(owner, 'activateProject', { id });
  expect(
    (await network(owner, { projectid: id, gateway: '10.8.1.1', netmask: '255.255.255.0' })).status,
  ).toBe(200);
  expect((await server.call(owner, 'deleteProject', { id })).status).toBe(536);
  await server.run(owner, 'deleteProject', { id, cleanup: 'true' });
  expect((await server.call(owner, 'listProjects', { id })).body).toEqual({});
  const left = await server.db
    .selectFrom('networks')
    .select('id')
    .where('account_id', '=', id)
    .execute();
  expect(left).toEqual([]);
});

test('a suspended project starts nothing and gets nothing, whoever asks; its administrator activates it again', async () => {
  const { id: projectid } = await project();
  await join(owner, projectid);
  const networkid: string = (await network(member, { projectid })).body.network.id;
  const template = await server.call(member, 'listTemplates', { templatefilter: 'featured' });
  const offering = await server.call(member, 'listServiceOfferings');
  const deploy = {
    projectid,
    zoneid,
    networkids: networkid,
    templateid: template.body.template[0].id,
    serviceofferingid: offering.body.serviceoffering[0].id,
  };
  const { body } = await server.run(member, 'deployVirtualMachine', deploy);
  const id: string = body.virtualmachine.id;
  const state = async () =>
    (await server.call(member, 'listVirtualMachines', { id, projectid })).body.virtualmachine[0]
      .state;
  await server.run(server.admin, 'suspendProject', { id: projectid });
  await expect.poll(state, { timeout: 40_000 }).toBe('Stopped');
  const tries: [string, Record<string, string>][] = [
    ['startVirtualMachine', { id }],
    ['deployVirtualMachine', deploy],
    ['associateIpAddress', { networkid }],
    ['associateIpAddress', { projectid, zoneid }],
    ['createSSHKeyPair', { name: 'x', projectid }],
  ];
  for (const [command, params] of tries)
    for (const by of [owner, member, server.admin])
      expect([command, (await server.call(by, command, params)).status]).toEqual([command, 531]);
  expect(await state()).toBe('Stopped');
  expect((await server.call(member, 'activateProject', { id: projectid })).status).toBe(531);
  await server.run(owner, 'activateProject', { id: projectid });
  await server.run(member, 'startVirtualMachine', { id });
  expect(await state()).toBe('Running');
  await server.run(owner, 'deleteProject', { id: projectid, cleanup: 'true' });
});

test('a start and a suspension that come together leave nothing running', async () => {
  const { id: projectid } = await project();
  const networkid: string = (await network(owner, { projectid })).body.network.id;
  const template = await server.call(owner, 'listTemplates', { templatefilter: 'featured' });
  const offering = await server.call(owner, 'listServiceOfferings');
  const { body } = await server.run(owner, 'deployVirtualMachine', {
    projectid,
    zoneid,
    networkids: networkid,
    templateid: template.body.template[0].id,
    serviceofferingid: offering.body.serviceoffering[0].id,
    startvm: 'false',
  });
  const id: string = body.virtualmachine.id;
  const suspending = await server.db.startTransaction().execute();
  // As `suspendProject` does.
  await suspending
    .selectFrom('projects')
    .select('id')
    .where('id', '=', projectid)
    .forUpdate()
    .execute();
  await suspending
    .updateTable('projects')
    .set({ state: 'Suspended' })
    .where('id', '=', projectid)
    .execute();
  const starting = server.call(owner, 'startVirtualMachine', { id });
  const waiting = async () =>
    (
      await sql<{ count: number }>`select count(*) as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(server.db)
    ).rows[0]?.count;
  await expect.poll(waiting, { timeout: 30_000 }).toBe(1);
  await suspending.commit().execute();
  expect((await starting).status).toBe(531);
  await server.run(owner, 'deleteProject', { id: projectid, cleanup: 'true' });
});

describe('limits', () => {
  test('of a project hold for what it owns', async () => {
    const { id: projectid, name } = await project();
    const set = { projectid, resourcetype: '6', max: '1' };
    expect((await server.call(owner, 'updateResourceLimit', set)).status).toBe(432);
    const limit = await server.call(server.admin, 'updateResourceLimit', set);
    expect(limit.body.resourcelimit).toMatchObject({ project: name, projectid, max: 1 });
    const made = await Promise.all(Array.from({ length: 4 }, () => network(owner, { projectid })));
    expect(made.map(one => one.status).toSorted((a, b) => a - b)).toEqual([200, 535, 535, 535]);
    const listed = await server.call(owner, 'listResourceLimits', { projectid, resourcetype: '6' });
    expect(listed.body.resourcelimit).toMatchObject([{ project: name, max: 1 }]);
    expect((await server.call(stranger, 'listResourceLimits', { projectid })).status).toBe(531);
  });

  test('of an account hold for the projects that it owns', async () => {
    const many = await server.tenant('many');
    const asked = Array.from({ length: 14 }, (_, index) =>
      server.call(many, 'createProject', { name: `many${index}` }),
    );
    const statuses = (await Promise.all(asked)).map(one => one.status);
    expect(statuses.filter(status => status === 200)).toHaveLength(10);
    expect(statuses.filter(status => status === 535)).toHaveLength(4);
    const { body } = await server.call(many, 'listAccounts');
    expect(body.account[0]).toMatchObject({ projecttotal: 10, projectavailable: '0' });
  });

  test('users may be kept from making projects', async () => {
    const update = (value: string) =>
      server.call(server.admin, 'updateConfiguration', {
        name: 'allow.user.create.projects',
        value,
      });
    await update('false');
    expect((await server.call(stranger, 'createProject', { name: 'no' })).status).toBe(531);
    await update('true');
    expect((await server.call(stranger, 'createProject', { name: 'yes' })).status).toBe(200);
  });
});
