import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let root: string;
let stranger: Tenant;

const person = (username: string) => ({
  username,
  password: 'secret',
  email: `${username}@example.org`,
  firstname: 'First',
  lastname: 'Last',
});

async function domain(name: string, parentdomainid = root): Promise<string> {
  const { body } = await server.call(server.admin, 'createDomain', { name, parentdomainid });
  return body.domain.id;
}

/** An account made through the API, with its user's keys. */
async function account(
  name: string,
  params: Record<string, string>,
): Promise<Keys & { id: string; userId: string }> {
  const { body } = await server.call(server.admin, 'createAccount', { ...person(name), ...params });
  const userId: string = body.account.user[0].id;
  const keys = await server.run(server.admin, 'registerUserKeys', { id: userId });
  const { apikey, secretkey } = keys.body.userkeys;
  return { id: body.account.id, userId, apiKey: apikey, secretKey: secretkey };
}

beforeAll(async () => {
  server = await testServer();
  const { body } = await server.call(server.admin, 'listDomains');
  root = body.domain[0].id;
  stranger = await server.tenant('stranger');
});
afterAll(() => server.close());

test('an account has its role, its user and zero of everything', async () => {
  const { status, body } = await server.call(server.admin, 'createAccount', {
    ...person('carla'),
    accounttype: '0',
    networkdomain: 'Carla.Example',
    'accountdetails[0].team': 'blue',
  });
  expect(status).toBe(200);
  expect(body.account).toMatchObject({
    name: 'carla',
    accounttype: 0,
    rolename: 'User',
    roletype: 'User',
    domain: 'ROOT',
    domainpath: 'ROOT',
    state: 'enabled',
    networkdomain: 'carla.example',
    accountdetails: { team: 'blue' },
    vmtotal: 0,
    vmlimit: '20',
    user: [{ username: 'carla', rolename: 'User', state: 'enabled' }],
  });
  expect(JSON.stringify(body)).not.toMatch(/secret/i);
  const roleid = body.account.roleid;
  const again = await server.call(server.admin, 'createAccount', { ...person('dora'), roleid });
  expect(again.body.account).toMatchObject({ name: 'dora', accounttype: 0 });
});

test.each([
  [{ accounttype: '0', username: 'carla2', account: 'CARLA' }, /not unique/],
  [{ accounttype: '0', username: 'Carla', account: 'other' }, /already exists/],
  [{ username: 'x1' }, /accounttype or roleid/],
  [{ accounttype: '0', username: 'x2', roleid: '99' }, /roleid/],
  [{ accounttype: '0', username: ' x3' }, /spaces/],
  [{ accounttype: '0', username: 'x4', networkdomain: '-bad-' }, /networkdomain/],
  [{ accounttype: '0', username: 'x5', timezone: 'Mars/Base' }, /time zone/],
  [
    { accounttype: '0', username: 'x6', domainid: '00000000-0000-4000-8000-000000000000' },
    /domainid/,
  ],
])('createAccount refuses %o and changes nothing', async (params, text) => {
  const before = await server.db.selectFrom('accounts').select('id').execute();
  const { status, body } = await server.call(server.admin, 'createAccount', {
    ...person(params.username),
    ...params,
  });
  expect(status).toBe(431);
  expect(body.errortext).toMatch(text);
  expect(await server.db.selectFrom('accounts').select('id').execute()).toEqual(before);
});

test('of accounts of one name made at once, one is made', async () => {
  const tries = await Promise.all(
    Array.from({ length: 8 }, () =>
      server.call(server.admin, 'createAccount', { ...person('twin'), accounttype: '0' }),
    ),
  );
  expect(tries.map(one => one.status).toSorted((a, b) => a - b)).toEqual([
    200, 431, 431, 431, 431, 431, 431, 431,
  ]);
});

test('a domain administrator rules his tree, and neither what is beside nor above', async () => {
  const mine = await domain('mine');
  const below = await domain('below', mine);
  const beside = await domain('beside');
  const chief = await account('chief', { accounttype: '2', domainid: mine });
  const worker = await account('worker', { accounttype: '0', domainid: below });
  const other = await account('other', { accounttype: '0', domainid: beside });

  const made = await server.call(chief, 'createAccount', {
    ...person('hired'),
    accounttype: '0',
    domainid: below,
  });
  expect(made.status).toBe(200);
  const listed = await server.call(chief, 'listAccounts', { listall: 'true' });
  expect(listed.body.account.map((one: { name: string }) => one.name)).toEqual([
    'chief',
    'worker',
    'hired',
  ]);
  expect((await server.call(chief, 'listAccounts', { id: other.id })).body).toEqual({});
  expect(
    (await server.call(chief, 'getUserKeys', { id: worker.userId })).body.userkeys.secretkey,
  ).toBe(worker.secretKey);

  const admin = await server.call(server.admin, 'listUsers', { username: 'admin' });
  const adminUser = admin.body.user[0];
  const forbidden: [string, Record<string, string>][] = [
    ['createAccount', { ...person('p1'), accounttype: '0', domainid: beside }],
    ['createAccount', { ...person('p2'), accounttype: '1' }],
    ['createAccount', { ...person('p3'), accounttype: '0', domainid: root }],
    ['createUser', { ...person('p4'), account: 'other', domainid: beside }],
    ['deleteUser', { id: other.userId }],
    ['deleteUser', { id: adminUser.id }],
    ['registerUserKeys', { id: other.userId }],
    ['registerUserKeys', { id: adminUser.id }],
    ['getUserKeys', { id: other.userId }],
    ['getUserKeys', { id: adminUser.id }],
    ['deleteAccount', { id: other.id }],
    ['deleteAccount', { id: adminUser.accountid }],
    ['createDomain', { name: 'p5' }],
    ['createDomain', { name: 'p6', parentdomainid: beside }],
    ['deleteDomain', { id: beside, cleanup: 'true' }],
    ['deleteDomain', { id: mine, cleanup: 'true' }],
    ['listAccounts', { domainid: root }],
    ['listDomains', { domainid: beside }],
    ['listUsers', { domainid: root, listall: 'true' }],
  ];
  for (const [command, params] of forbidden) {
    const { status } = await server.call(chief, command, params);
    expect([command, params, status]).toEqual([command, params, 531]);
  }
});

test('a domain administrator in ROOT does not reach the root administrator', async () => {
  const chief = await account('rootchief', { accounttype: '2', domainid: root });
  const { body } = await server.call(chief, 'listUsers', { username: 'admin', listall: 'true' });
  const { id, accountid } = body.user[0];
  for (const command of ['getUserKeys', 'registerUserKeys', 'deleteUser'])
    expect((await server.call(chief, command, { id })).status).toBe(531);
  expect((await server.call(chief, 'deleteAccount', { id: accountid })).status).toBe(531);
  const params = { ...person('mole'), account: 'admin' };
  expect((await server.call(chief, 'createUser', params)).status).toBe(531);
});

test('a user sees and changes only himself', async () => {
  const victim = await account('victim', { accounttype: '0' });
  expect((await server.call(stranger, 'listAccounts', { listall: 'true' })).body.count).toBe(1);
  expect((await server.call(stranger, 'listAccounts', { id: victim.id })).body).toEqual({});
  for (const command of ['getUserKeys', 'registerUserKeys'])
    expect((await server.call(stranger, command, { id: victim.userId })).status).toBe(531);
  for (const command of [
    'createUser',
    'deleteUser',
    'deleteAccount',
    'createAccount',
    'listDomains',
  ])
    expect((await server.call(stranger, command, { id: victim.userId })).status).toBe(432);
  // The keys that signed this call are gone when it answers.
  await server.call(stranger, 'registerUserKeys', { id: stranger.userId });
  const own = await server.call(server.admin, 'getUserKeys', { id: stranger.userId });
  const keys = { apiKey: own.body.userkeys.apikey, secretKey: own.body.userkeys.secretkey };
  expect((await server.call(stranger, 'listAccounts')).status).toBe(401);
  expect((await server.call(keys, 'listAccounts')).status).toBe(200);
});

test('a second user of an account does not see the keys of the first', async () => {
  const first = await account('shared', { accounttype: '0' });
  const second = await server.call(server.admin, 'createUser', {
    ...person('second'),
    account: 'shared',
  });
  expect(second.body.user).toMatchObject({ account: 'shared', username: 'second' });
  const keys = await server.run(server.admin, 'registerUserKeys', { id: second.body.user.id });
  const by = { apiKey: keys.body.userkeys.apikey, secretKey: keys.body.userkeys.secretkey };
  expect((await server.call(by, 'getUserKeys', { id: first.userId })).status).toBe(531);
  // The job that made them is the account's; its result holds the secret key for its user alone.
  await server.call(first, 'registerUserKeys', { id: first.userId });
  const made = await server.call(server.admin, 'getUserKeys', { id: first.userId });
  const jobs = await server.call(by, 'listAsyncJobs');
  expect(jobs.body.asyncjobs[0].jobresult.userkeys).toEqual({ apikey: made.body.userkeys.apikey });
  const stored = await server.db.selectFrom('jobs').select('result').execute();
  expect(JSON.stringify(stored)).not.toContain(made.body.userkeys.secretkey);
  expect((await server.call(by, 'getUserKeys', { id: second.body.user.id })).status).toBe(200);
});

test('the administrator of the installation stays', async () => {
  const { body } = await server.call(server.admin, 'listAccounts', { name: 'admin' });
  const [admin] = body.account;
  expect(admin.isdefault).toBe(true);
  expect((await server.call(server.admin, 'deleteAccount', { id: admin.id })).status).toBe(431);
  expect((await server.call(server.admin, 'deleteUser', { id: admin.user[0].id })).status).toBe(
    431,
  );
  expect((await server.call(server.admin, 'deleteDomain', { id: root })).status).toBe(431);
});

test('a deleted account goes with its users, keys and sessions; its name is free again', async () => {
  const gone = await account('gone', { accounttype: '0' });
  await server.call(gone, 'createSSHKeyPair', { name: 'key' });
  await server.run(server.admin, 'deleteAccount', { id: gone.id });
  expect((await server.call(gone, 'listAccounts')).status).toBe(401);
  expect((await server.call(server.admin, 'deleteAccount', { id: gone.id })).status).toBe(431);
  const left = await server.db
    .selectFrom('ssh_key_pairs')
    .select('id')
    .where('account_id', '=', gone.id)
    .execute();
  expect(left).toEqual([]);
  await account('gone', { accounttype: '0' });
});

test('a domain with something inside is deleted only with cleanup', async () => {
  const top = await domain('top');
  const leaf = await domain('leaf', top);
  await account('inside', { accounttype: '0', domainid: leaf });
  expect((await server.call(server.admin, 'deleteDomain', { id: top })).status).toBe(536);
  await server.run(server.admin, 'deleteDomain', { id: top, cleanup: 'true' });
  const { body } = await server.call(server.admin, 'listDomains', { keyword: 'top' });
  expect(body).toEqual({});
  expect(
    (await server.call(server.admin, 'listAccounts', { listall: 'true', name: 'inside' })).body,
  ).toEqual({});
  await domain('top');
});

test('of a deletion and creations at once, nothing is left in the domain that is gone', async () => {
  const busy = await domain('busy');
  const [, ...tries] = await Promise.all([
    server.run(server.admin, 'deleteDomain', { id: busy, cleanup: 'true' }),
    ...Array.from({ length: 6 }, (_, index) =>
      server.call(server.admin, 'createAccount', {
        ...person(`busy${index}`),
        accounttype: '0',
        domainid: busy,
      }),
    ),
  ]);
  for (const one of tries) expect([200, 431]).toContain(one.status);
  const left = await server.db
    .selectFrom('domains')
    .select('id')
    .where('name', '=', 'busy')
    .execute();
  expect(left).toEqual([]);
});
