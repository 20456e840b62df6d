import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Keys,
  type Reply,
  type Tenant,
  type TestServer,
  testServer,
} from '../../http/test-server.ts';

let server: TestServer;
let root: string;
let count = 0;

interface Member extends Keys {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
}

beforeAll(async () => {
  server = await testServer();
  root = (await server.call(server.admin, 'listDomains')).body.domain[0].id;
});
afterAll(() => server.close());

const person = (username: string) => ({
  username,
  password: 'secret',
  email: `${username}@example.org`,
  firstname: 'First',
  lastname: 'Last',
});

async function member(params: Record<string, string> = { accounttype: '0' }): Promise<Member> {
  count += 1;
  const name = `member${count}`;
  const made = await server.call(server.admin, 'createAccount', { ...person(name), ...params });
  const userId: string = made.body.account.user[0].id;
  const { body } = await server.run(server.admin, 'registerUserKeys', { id: userId });
  const { apikey, secretkey } = body.userkeys;
  return { id: made.body.account.id, userId, name, apiKey: apikey, secretKey: secretkey };
}

const login = (username: string, password: string): Promise<Response> =>
  fetch(server.url, {
    method: 'POST',
    body: new URLSearchParams({ command: 'login', username, password, response: 'json' }),
  });

const canCall = async (who: Keys): Promise<boolean> =>
  (await server.call(who, 'listZones')).status === 200;

test('a locked account cannot call until it is enabled, by signature or by password', async () => {
  const who = await member();
  expect(await canCall(who)).toBe(true);
  const { body } = await server.call(server.admin, 'lockAccount', {
    account: who.name,
    domainid: root,
  });
  expect(body.account).toMatchObject({ id: who.id, state: 'locked' });
  expect(await canCall(who)).toBe(false);
  expect((await login(who.name, 'secret')).status).toBe(531);
  const listed = await server.call(server.admin, 'listAccounts', {
    listall: 'true',
    state: 'locked',
  });
  expect(listed.body.account).toMatchObject([{ id: who.id }]);
  const refused = await server.call(server.admin, 'createSSHKeyPair', {
    name: 'x',
    account: who.name,
    domainid: root,
  });
  expect(refused.status).toBe(431);
  await server.call(server.admin, 'enableAccount', { id: who.id });
  expect(await canCall(who)).toBe(true);
  expect((await login(who.name, 'secret')).status).toBe(200);
});

test('disabling an account stops its instances, locking does not', async () => {
  const who = await server.tenant('owner');
  const zone = await server.call(who, 'listZones');
  const template = await server.call(who, 'listTemplates', { templatefilter: 'featured' });
  const offering = await server.call(who, 'listServiceOfferings');
  const networkOffering = await server.call(who, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  await server.call(who, 'createNetwork', {
    name: 'net',
    zoneid: zone.body.zone[0].id,
    networkofferingid: networkOffering.body.networkoffering[0].id,
  });
  const deployed = await server.run(who, 'deployVirtualMachine', {
    zoneid: zone.body.zone[0].id,
    templateid: template.body.template[0].id,
    serviceofferingid: offering.body.serviceoffering[0].id,
  });
  const id: string = deployed.body.virtualmachine.id;
  const state = async () =>
    (await server.call(server.admin, 'listVirtualMachines', { id })).body.virtualmachine[0].state;
  await server.run(server.admin, 'disableAccount', { id: who.accountId, lock: 'true' });
  expect(await state()).toBe('Running');
  const { body } = await server.run(server.admin, 'disableAccount', {
    id: who.accountId,
    lock: 'false',
  });
  expect(body.account.state).toBe('disabled');
  await expect.poll(state).toBe('Stopped');
  expect(await canCall(who)).toBe(false);
  const started = await server.call(server.admin, 'startVirtualMachine', { id });
  expect(started.status).toBe(531);
  await server.run(server.admin, 'deleteAccount', { id: who.accountId });
});

test('a disabled or locked user cannot call, others of the account can', async () => {
  const who = await member();
  await server.call(server.admin, 'createUser', { ...person('second'), account: who.name });
  const disabled = await server.run(server.admin, 'disableUser', { id: who.userId });
  expect(disabled.body.user.state).toBe('disabled');
  expect(await canCall(who)).toBe(false);
  expect((await login('second', 'secret')).status).toBe(200);
  await server.call(server.admin, 'enableUser', { id: who.userId });
  expect(await canCall(who)).toBe(true);
  await server.call(server.admin, 'lockUser', { id: who.userId });
  expect(await canCall(who)).toBe(false);
});

test('nobody locks himself out, and nobody touches what is not his', async () => {
  const chief = await server.tenant('boss', 'Domain Admin');
  const other = await member();
  const admin = (await server.call(server.admin, 'listUsers', { username: 'admin' })).body.user[0];
  const tries: [Keys, string, Record<string, string>, number][] = [
    [server.admin, 'lockAccount', { account: 'admin', domainid: root }, 431],
    [server.admin, 'lockUser', { id: admin.id }, 431],
    [server.admin, 'disableUser', { id: admin.id }, 431],
    [chief, 'disableAccount', { id: chief.accountId, lock: 'true' }, 431],
    [chief, 'disableAccount', { id: other.id, lock: 'true' }, 531],
    [chief, 'lockUser', { id: other.userId }, 531],
    [chief, 'updateUser', { id: admin.id, password: 'x' }, 531],
    [chief, 'updateAccount', { id: other.id, newname: 'mine' }, 531],
    [other, 'updateUser', { id: admin.id, password: 'x' }, 531],
    [other, 'lockUser', { id: admin.id }, 432],
    [chief, 'moveUser', { id: other.userId, accountid: chief.accountId }, 432],
    [chief, 'getUser', { userapikey: server.admin.apiKey }, 432],
  ];
  for (const [who, command, params, status] of tries)
    expect([command, (await server.call(who, command, params)).status]).toEqual([command, status]);
  expect(await canCall(server.admin)).toBe(true);
});

test('an account gets another name, role and details', async () => {
  const who = await member();
  const change = async (params: Record<string, string>): Promise<Reply> =>
    server.call(server.admin, 'updateAccount', { id: who.id, ...params });
  const { body } = await change({
    newname: 'renamed',
    networkdomain: 'R.Example',
    'accountdetails[0].team': 'red',
  });
  expect(body.account).toMatchObject({
    name: 'renamed',
    networkdomain: 'r.example',
    accountdetails: { team: 'red' },
  });
  expect((await change({ newname: 'ADMIN' })).status).toBe(431);
  expect((await server.call(who, 'listHosts')).status).toBe(432);
  expect((await change({ roleid: '1' })).body.account).toMatchObject({ rolename: 'Root Admin' });
  expect((await server.call(who, 'listHosts')).status).toBe(200);
});

test('a user changes his details, and his password only if he knows it', async () => {
  const who = await member();
  const own = (params: Record<string, string>) =>
    server.call(who, 'updateUser', { id: who.userId, ...params });
  expect((await own({ firstname: 'New', timezone: 'Europe/Vienna' })).body.user).toMatchObject({
    firstname: 'New',
    timezone: 'Europe/Vienna',
  });
  expect((await own({ password: 'other' })).status).toBe(431);
  expect((await own({ password: 'other', currentpassword: 'wrong' })).status).toBe(431);
  expect((await own({ password: 'other', currentpassword: 'secret' })).status).toBe(200);
  expect((await login(who.name, 'secret')).status).toBe(531);
  expect((await login(who.name, 'other')).status).toBe(200);
  expect((await own({ username: 'admin' })).status).toBe(431);
  const keys = { userapikey: 'k'.repeat(20), usersecretkey: 's'.repeat(20) };
  expect((await own(keys)).status).toBe(200);
  expect(await canCall({ apiKey: keys.userapikey, secretKey: keys.usersecretkey })).toBe(true);
  expect(await canCall(who)).toBe(false);
  const found = await server.call(server.admin, 'getUser', { userapikey: keys.userapikey });
  expect(found.body.user).toMatchObject({ id: who.userId });
});

test('a user moves to another account of the domain', async () => {
  const [from, to] = [await member(), await member()];
  const away: Tenant = await server.tenant('away', 'Domain Admin');
  const move = (accountid: string) =>
    server.call(server.admin, 'moveUser', { id: from.userId, accountid });
  expect((await move(away.accountId)).status).toBe(431);
  expect((await move(to.id)).status).toBe(200);
  const { body } = await server.call(server.admin, 'listUsers', { id: from.userId });
  expect(body.user[0]).toMatchObject({ accountid: to.id });
});

test('a domain is renamed with everything below it', async () => {
  const make = async (name: string, parentdomainid: string): Promise<string> =>
    (await server.call(server.admin, 'createDomain', { name, parentdomainid })).body.domain.id;
  const top = await make('top', root);
  const middle = await make('middle', top);
  const leaf = await make('leaf', middle);
  await make('topper', root);
  const { body } = await server.call(server.admin, 'updateDomain', { id: top, name: 'peak' });
  expect(body.domain).toMatchObject({ name: 'peak', path: 'ROOT/peak' });
  const children = await server.call(server.admin, 'listDomainChildren', {
    id: top,
    isrecursive: 'true',
  });
  expect(children.body.domain.map((one: { path: string }) => one.path)).toEqual([
    'ROOT/peak/middle',
    'ROOT/peak/middle/leaf',
  ]);
  const direct = await server.call(server.admin, 'listDomainChildren', { id: top });
  expect(direct.body.domain.map((one: { id: string }) => one.id)).toEqual([middle]);
  expect((await server.call(server.admin, 'listDomains', { id: leaf })).body.domain[0].path).toBe(
    'ROOT/peak/middle/leaf',
  );
  for (const params of [{ name: 'topper' }, { name: 'a/b' }, { networkdomain: '-x' }])
    expect((await server.call(server.admin, 'updateDomain', { id: top, ...params })).status).toBe(
      431,
    );
  expect((await server.call(server.admin, 'updateDomain', { id: root, name: 'x' })).status).toBe(
    431,
  );
});
