import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let above: string;
let admin: Keys;

beforeAll(async () => {
  server = await testServer();
  above = await domain('above');
  admin = await account('three', { accounttype: '3', domainid: above });
}, 60_000);
afterAll(() => server.close());

async function domain(name: string, parentdomainid = ''): Promise<string> {
  const { body } = await server.call(server.admin, 'createDomain', {
    name,
    ...(parentdomainid === '' ? {} : { parentdomainid }),
  });
  return body.domain.id;
}

async function account(username: string, params: Record<string, string>): Promise<Keys> {
  const made = await server.call(server.admin, 'createAccount', {
    username,
    password: 'secret',
    email: 'a@example.org',
    firstname: 'A',
    lastname: 'B',
    ...params,
  });
  const id: string = made.body.account.user[0].id;
  const { body } = await server.run(server.admin, 'registerUserKeys', { id });
  return { apiKey: body.userkeys.apikey, secretKey: body.userkeys.secretkey };
}

const commandsOf = async (by: Keys): Promise<Set<string>> =>
  new Set((await server.call(by, 'listApis')).body.api.map((one: { name: string }) => one.name));

test('a resource administrator rules his domain and those below, and no other', async () => {
  const below = await domain('below', above);
  const aside = await domain('aside');
  await account('inside', { accounttype: '0', domainid: below });
  await account('outside', { accounttype: '0', domainid: aside });
  const listed = await server.call(admin, 'listAccounts', { listall: 'true' });
  expect(listed.body.account).toMatchObject([
    { name: 'three', accounttype: 3, roletype: 'ResourceAdmin', rolename: 'Resource Admin' },
    { name: 'inside', accounttype: 0 },
  ]);
  const locked = await server.call(admin, 'lockAccount', { account: 'inside', domainid: below });
  expect(locked.body.account.state).toBe('locked');
  const refused = await server.call(admin, 'lockAccount', { account: 'outside', domainid: aside });
  expect(refused.status).toBe(531);
});

test('he does not get the keys of a domain administrator, nor chooses ids', async () => {
  const chief = await server.tenant('chief', 'Domain Admin');
  const { domainid } = (await server.call(server.admin, 'listUsers', { id: chief.userId })).body
    .user[0];
  const peer = await account('peer', { accounttype: '3', domainid });
  for (const command of ['getUserKeys', 'registerUserKeys', 'updateUser'])
    expect((await server.call(peer, command, { id: chief.userId })).status).toBe(531);
  expect((await server.call(server.admin, 'getUserKeys', { id: chief.userId })).status).toBe(200);
  const user = {
    account: 'peer',
    domainid,
    username: 'second',
    password: 'secret',
    email: 'a@example.org',
    firstname: 'A',
    lastname: 'B',
  };
  const userid = 'aaaaaaaa-0000-4000-8000-000000000001';
  expect((await server.call(peer, 'createUser', { ...user, userid })).status).toBe(531);
  expect((await server.call(peer, 'createUser', user)).status).toBe(200);
});

test('he may call what CloudStack’s default role lets him', async () => {
  const mine = await commandsOf(admin);
  for (const command of [
    'createAccount',
    'deployVirtualMachine',
    'listZones',
    'createProject',
    'updateResourceLimit',
    'listAlerts',
  ])
    expect(mine).toContain(command);
  for (const command of [
    'createDomain',
    'deleteDomain',
    'updateConfiguration',
    'createRole',
    'addHost',
    'listHosts',
  ])
    expect(mine).not.toContain(command);
});
