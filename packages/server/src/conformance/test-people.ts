import { randomUUID } from 'node:crypto';
import type { Keys } from '../http/test-server.ts';
import type { Driver, Params } from './test-driver.ts';

export interface Person extends Keys {
  readonly account: string;
  readonly accountId: string;
  readonly userId: string;
  readonly domainId: string;
}

/** Makes an account of a kind (0 user, 2 domain administrator) with a user who has keys. */
export async function makeAccount(
  cloud: Driver,
  name: string,
  params: { readonly domainid: string; readonly accounttype: string },
): Promise<Person> {
  const { admin } = cloud.server;
  const account = await cloud.call(admin, 'createAccount', {
    username: name,
    password: randomUUID(),
    email: `${name}@example.org`,
    firstname: name,
    lastname: 'Test',
    networkdomain: `${name}.example`,
    timezone: 'Europe/Berlin',
    'accountdetails[0].colour': 'green',
    ...params,
  });
  const userId: string = account.user[0].id;
  const keys = await cloud.call(admin, 'registerUserKeys', { id: userId });
  return {
    account: name,
    accountId: account.id,
    userId,
    domainId: params.domainid,
    apiKey: keys.apikey,
    secretKey: keys.secretkey,
  };
}

export interface People {
  /** Owns what tenants can own. */
  readonly owner: Person;
  /** Administers the owner's domain. */
  readonly boss: Person;
  /** A user of another domain, and the administrator of that one. */
  readonly strangers: readonly Person[];
  readonly domain: string;
  readonly elsewhere: string;
  readonly role: string;
  readonly rule: string;
}

/** Makes domains, accounts, users and roles. */
export async function makePeople(cloud: Driver): Promise<People> {
  const { admin } = cloud.server;
  const call = (command: string, params: Params = {}) => cloud.call(admin, command, params);
  const domain = await call('createDomain', { name: 'branch', networkdomain: 'branch.example' });
  const elsewhere = await call('createDomain', { name: 'elsewhere' });
  await call('updateDomain', { id: domain.id, networkdomain: 'branch.example.org' });
  const at = (domainid: string, accounttype: string) => ({ domainid, accounttype });
  const owner = await makeAccount(cloud, 'owner', at(domain.id, '0'));
  const boss = await makeAccount(cloud, 'boss', at(domain.id, '2'));
  const strangers = [
    await makeAccount(cloud, 'stranger', at(elsewhere.id, '0')),
    await makeAccount(cloud, 'foreigner', at(elsewhere.id, '2')),
  ];
  const role = await call('createRole', {
    name: 'viewer',
    type: 'User',
    description: 'looks at things',
  });
  const rule = await call('createRolePermission', {
    roleid: role.id,
    rule: 'list*',
    permission: 'allow',
    description: 'all lists',
  });
  await call('updateRole', { id: role.id, description: 'looks at everything' });
  await call('updateRolePermission', { roleid: role.id, ruleid: rule.id, permission: 'allow' });
  await call('disableRole', { id: role.id });
  await call('enableRole', { id: role.id });
  await call('importRole', {
    name: 'imported',
    type: 'User',
    'rules[0].rule': 'list*',
    'rules[0].permission': 'allow',
  });
  await changeUsers(cloud, { owner, other: elsewhere.id });
  return {
    owner,
    boss,
    strangers,
    domain: domain.id,
    elsewhere: elsewhere.id,
    role: role.id,
    rule: rule.id,
  };
}

async function changeUsers(
  cloud: Driver,
  { owner, other }: { readonly owner: Person; readonly other: string },
): Promise<void> {
  const call = (command: string, params: Params = {}) =>
    cloud.call(cloud.server.admin, command, params);
  const second = await call('createUser', {
    account: owner.account,
    domainid: owner.domainId,
    username: 'second',
    password: 'a password of theirs',
    email: 'second@example.org',
    firstname: 'Second',
    lastname: 'Test',
    timezone: 'UTC',
  });
  for (const command of ['lockUser', 'enableUser', 'disableUser', 'enableUser'])
    await call(command, { id: second.id });
  await call('updateUser', { id: second.id, lastname: 'Other' });
  await call('getUser', { userapikey: owner.apiKey });
  await call('getUserKeys', { id: owner.userId });
  const spare = await makeAccount(cloud, 'spare', { domainid: other, accounttype: '0' });
  await call('updateAccount', { id: spare.accountId, newname: 'spare-2' });
  const named = { account: 'spare-2', domainid: other };
  await call('lockAccount', named);
  await call('enableAccount', named);
  await call('disableAccount', { ...named, lock: 'false' });
  await call('enableAccount', { id: spare.accountId });
  const movable = await call('createUser', {
    ...named,
    username: 'movable',
    password: 'a password of theirs',
    email: 'movable@example.org',
    firstname: 'Movable',
    lastname: 'Test',
  });
  const third = await makeAccount(cloud, 'third', { domainid: other, accounttype: '0' });
  await call('moveUser', { id: movable.id, accountid: third.accountId });
  await call('deleteUser', { id: movable.id });
  await call('deleteAccount', { id: third.accountId });
}

/** Takes roles and domains away again. */
export async function takePeopleAway(cloud: Driver, people: People): Promise<void> {
  const call = (command: string, params: Params = {}) =>
    cloud.call(cloud.server.admin, command, params);
  await call('deleteRolePermission', { id: people.rule });
  await call('deleteRole', { id: people.role });
  for (const id of [people.elsewhere, people.domain])
    await call('deleteDomain', { id, cleanup: 'true' });
}
