import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const admin = async (command: string, params: Record<string, string> = {}) => {
  const { status, body } = await server.call(server.admin, command, params);
  if (status !== 200) throw new Error(`${command}: ${status} ${body.errortext}`);
  return body;
};

async function account(name: string, params: Record<string, string>): Promise<Keys> {
  const body = await admin('createAccount', {
    username: name,
    password: 'secret',
    email: `${name}@example.org`,
    firstname: name,
    lastname: 'Test',
    ...params,
  });
  const keys = await server.run(server.admin, 'registerUserKeys', {
    id: body.account.user[0].id,
  });
  return { apiKey: keys.body.userkeys.apikey, secretKey: keys.body.userkeys.secretkey };
}

async function role(name: string, type: string, rules: readonly string[]): Promise<string> {
  const made = await admin('createRole', { name, type });
  for (const text of rules) {
    const [permission = '', rule = ''] = text.split(' ');
    await admin('createRolePermission', { roleid: made.role.id, rule, permission });
  }
  return made.role.id;
}

test('the roles of every installation', async () => {
  const { role: roles } = await admin('listRoles');
  expect(roles.map((one: { name: string }) => one.name)).toEqual([
    'Root Admin',
    'Resource Admin',
    'Domain Admin',
    'User',
    'Read-Only Admin - Default',
    'Read-Only User - Default',
    'Support Admin - Default',
    'Support User - Default',
  ]);
  for (const one of roles) {
    const { status } = await server.call(server.admin, 'deleteRole', { id: one.id });
    expect(status).toBe(531);
  }
});

test('the first rule that matches decides, and editing it takes effect at once', async () => {
  const roleid = await role('viewer', 'User', [
    'deny listNetworkOfferings',
    'allow list*',
    'deny *',
  ]);
  const viewer = await account('viewer', { roleid });
  const status = async (command: string) => (await server.call(viewer, command)).status;
  expect(await status('listNetworks')).toBe(200);
  expect(await status('listNetworkOfferings')).toBe(432);
  expect(await status('createNetwork')).toBe(432);
  // Not even a rule lets a user past ownership.
  const { rolepermission } = await admin('listRolePermissions', { roleid });
  const [first, second, third] = rolepermission.map((one: { id: string }) => one.id);
  await admin('updateRolePermission', { roleid, ruleorder: [second, first, third].join() });
  expect(await status('listNetworkOfferings')).toBe(200);
  await admin('updateRolePermission', { roleid, ruleid: second, permission: 'deny' });
  expect(await status('listNetworks')).toBe(432);
  await admin('deleteRolePermission', { id: second });
  await admin('deleteRolePermission', { id: third });
  // Nothing matches: what every user may call.
  expect(await status('listNetworks')).toBe(200);
  expect(await status('listHosts')).toBe(432);
  await admin('disableRole', { id: roleid });
  expect(await status('listNetworks')).toBe(432);
  await admin('enableRole', { id: roleid });
  expect(await status('listNetworks')).toBe(200);
});

test('listApis lists what the role may call', async () => {
  const roleid = await role('lister', 'User', ['allow listApis', 'allow listZones', 'deny *']);
  const lister = await account('lister', { roleid });
  const { body } = await server.call(lister, 'listApis');
  expect(body.api.map((one: { name: string }) => one.name)).toEqual(['listApis', 'listZones']);
});

test('read-only and support roles do what their names say', async () => {
  const named = async (name: string) => (await admin('listRoles', { name })).role[0].id as string;
  const reader = await account('reader', { roleid: await named('Read-Only Admin - Default') });
  expect((await server.call(reader, 'listHosts')).status).toBe(200);
  expect((await server.call(reader, 'createZone')).status).toBe(432);
  expect((await server.call(reader, 'createAccount')).status).toBe(432);
  expect((await server.call(reader, 'getUserKeys')).status).toBe(432);
  const helper = await account('helper', { roleid: await named('Support User - Default') });
  expect((await server.call(helper, 'listHosts')).status).toBe(432);
  expect((await server.call(helper, 'startVirtualMachine')).status).toBe(431);
  expect((await server.call(helper, 'destroyVirtualMachine')).status).toBe(432);
});

test('a role is copied, imported, replaced, and deleted when nobody has it', async () => {
  const roleid = await role('origin', 'DomainAdmin', ['allow list*', 'deny *']);
  const copy = await admin('createRole', { name: 'copy', roleid });
  expect(copy.role).toMatchObject({ type: 'DomainAdmin', isdefault: false, state: 'enabled' });
  const { rolepermission } = await admin('listRolePermissions', { roleid: copy.role.id });
  expect(rolepermission).toMatchObject([
    { rule: 'list*', permission: 'allow', rolename: 'copy' },
    { rule: '*', permission: 'deny' },
  ]);
  const rules = {
    'rules[0].rule': 'listZones',
    'rules[0].permission': 'allow',
    'rules[1].rule': '*',
    'rules[1].permission': 'deny',
    'rules[1].description': 'nothing else',
  };
  const imported = { name: 'copy', type: 'User', ...rules };
  expect((await server.call(server.admin, 'importRole', imported)).status).toBe(431);
  await admin('importRole', { ...imported, forced: 'true' });
  expect(
    (await admin('listRolePermissions', { roleid: copy.role.id })).rolepermission,
  ).toMatchObject([{ rule: 'listZones' }, { rule: '*', description: 'nothing else' }]);
  await account('holder', { roleid: copy.role.id });
  const status = async (command: string, params: Record<string, string>) =>
    (await server.call(server.admin, command, { id: copy.role.id, ...params })).status;
  expect(await status('deleteRole', {})).toBe(531);
  expect(await status('updateRole', { type: 'DomainAdmin' })).toBe(531);
  expect(await status('enableRole', {})).toBe(531);
  const again = { roleid: copy.role.id, rule: 'listzones', permission: 'deny' };
  expect(await status('createRolePermission', again)).toBe(531);
  await admin('deleteRole', { id: roleid });
  expect(await admin('listRoles', { id: roleid })).toEqual({});
});

test('of a role of every installation it can be said who sees it, and nothing else', async () => {
  const chief = await server.tenant('onlooker', 'Domain Admin');
  const id: string = (await admin('listRoles', { name: 'Read-Only User - Default' })).role[0].id;
  const seen = async () => (await server.call(chief, 'listRoles', { id })).body.count;
  expect(await seen()).toBe(1);
  const change = (params: Record<string, string>) =>
    server.call(server.admin, 'updateRole', { id, ...params });
  expect((await change({ ispublic: 'false', name: 'mine' })).status).toBe(531);
  expect((await change({ ispublic: 'false' })).body.role).toMatchObject({ ispublic: false });
  expect(await seen()).toBeUndefined();
  await change({ ispublic: 'true' });
});

test('nobody hands out more than he may call himself', async () => {
  const chief = await server.tenant('chief', 'Domain Admin');
  const person = {
    username: 'puppet',
    password: 'secret',
    email: 'puppet@example.org',
    firstname: 'A',
    lastname: 'B',
  };
  const powerful = await role('powerful', 'User', ['allow listHosts']);
  const refused = await server.call(chief, 'createAccount', { ...person, roleid: powerful });
  expect(refused.status).toBe(531);
  expect(refused.body.errortext).toMatch(/listHosts/);
  for (const command of ['createRole', 'listRolePermissions', 'createRolePermission'])
    expect((await server.call(chief, command)).status).toBe(432);
  const seen = await server.call(chief, 'listRoles');
  expect(seen.body.role.map((one: { type: string }) => one.type)).not.toContain('Admin');
});

test('nobody takes over an account that may call more than he', async () => {
  const { domain } = await admin('createDomain', { name: 'house' });
  const domainid: string = domain.id;
  const roleid = await role('clerk', 'DomainAdmin', ['deny deleteAccount', 'deny listEvents']);
  const clerk = await account('clerk', { roleid, domainid });
  await account('lord', { accounttype: '2', domainid });
  await account('guest', { accounttype: '0', domainid });
  const lesser = await role('lesser', 'User', ['deny listEvents']);
  await account('servant', { roleid: lesser, domainid });
  await account('sleeper', { roleid: await role('asleep', 'DomainAdmin', []), domainid });
  const { role: asleep } = await admin('listRoles', { name: 'asleep' });
  await admin('disableRole', { id: asleep[0].id });
  const person = (username: string) => ({
    username,
    password: 'secret',
    email: 'a@example.org',
    firstname: 'A',
    lastname: 'B',
  });
  const tries = async (name: string) => {
    const { user } = await admin('listUsers', { username: name, listall: 'true' });
    const [{ id, accountid }] = user;
    const calls: [string, Record<string, string>][] = [
      ['getUserKeys', { id }],
      ['registerUserKeys', { id }],
      ['updateUser', { id, password: 'taken' }],
      ['createUser', { ...person(`${name}2`), account: name, domainid }],
      ['lockUser', { id }],
      ['enableUser', { id }],
      ['updateAccount', { id: accountid, newname: name }],
      ['lockAccount', { account: name, domainid }],
      ['enableAccount', { id: accountid }],
    ];
    const statuses: number[] = [];
    for (const [command, params] of calls)
      statuses.push((await server.call(clerk, command, params)).status);
    return new Set(statuses);
  };
  for (const above of ['lord', 'guest', 'sleeper'])
    expect([above, await tries(above)]).toEqual([above, new Set([531])]);
  expect(await tries('servant')).toEqual(new Set([200]));
  // Nor does a new account of a default role, by its type.
  for (const accounttype of ['0', '2'])
    expect(
      (await server.call(clerk, 'createAccount', { ...person('third'), accounttype, domainid }))
        .status,
    ).toBe(531);
  expect(
    (await server.call(clerk, 'createAccount', { ...person('third'), roleid: lesser, domainid }))
      .status,
  ).toBe(200);
});

test.each([
  ['createRole', { name: 'x' }],
  ['createRole', { name: 'x', type: 'King' }],
  ['createRole', { name: 'user', type: 'User' }],
  ['createRole', { name: 'x', roleid: '99' }],
  [
    'importRole',
    { name: 'y', type: 'User', 'rules[0].rule': 'a b', 'rules[0].permission': 'allow' },
  ],
  ['importRole', { name: 'y', type: 'User', 'rules[0].rule': 'a', 'rules[0].permission': 'maybe' }],
])('%s refuses %o', async (command, params) => {
  const before = await server.db.selectFrom('roles').select('id').execute();
  expect((await server.call(server.admin, command, params)).status).toBe(431);
  expect(await server.db.selectFrom('roles').select('id').execute()).toEqual(before);
});
