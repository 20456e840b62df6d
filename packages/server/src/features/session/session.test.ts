import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replyOf, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { domainPath } from './login.ts';

let server: TestServer;
let user: Tenant;
beforeAll(async () => {
  server = await testServer();
  user = await server.tenant('ann');
});
afterAll(() => server.close());

function post(params: Record<string, string>, cookie = ''): Promise<Response> {
  return fetch(server.url, {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ response: 'json', ...params }),
  });
}

const credentials = () => ({ command: 'login', username: user.username, password: user.password });

async function open() {
  const response = await post(credentials());
  const set = response.headers.getSetCookie();
  const cookie = set.map(text => text.split(';')[0]).join('; ');
  return { set, cookie, reply: await replyOf(response) };
}

describe('login', () => {
  test('answers with the user and sets both cookies', async () => {
    const { set, reply } = await open();
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      username: 'ann',
      userid: user.userId,
      account: 'ann',
      type: '0',
      timeout: 1800,
      is2faenabled: 'false',
    });
    expect(set).toHaveLength(2);
    for (const text of set) expect(text).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(set[1]).toContain(`sessionkey=${reply.body.sessionkey}`);
  });

  test('takes the domain by path', async () => {
    for (const domain of ['/', '', 'ROOT', '/ROOT/'])
      expect((await post({ ...credentials(), domain })).status).toBe(200);
    expect((await post({ ...credentials(), domain: '/other' })).status).toBe(531);
    expect(['/', 'a/b', '/a/b/', 'root/a/b'].map(domainPath)).toEqual([
      'ROOT',
      'ROOT/a/b',
      'ROOT/a/b',
      'ROOT/a/b',
    ]);
  });

  test('refuses a wrong password and an unknown user alike, and GET', async () => {
    const wrong = await replyOf(await post({ ...credentials(), password: 'no' }));
    const unknown = await replyOf(await post({ ...credentials(), username: 'nobody' }));
    expect(wrong.status).toBe(531);
    expect(unknown).toEqual(wrong);
    const query = new URLSearchParams(credentials());
    expect((await fetch(`${server.url}?${query.toString()}`)).status).toBe(405);
  });

  test('after too many failures even the right password is refused', async () => {
    const bob = await server.tenant('bob');
    const attempt = (password: string) =>
      post({ command: 'login', username: 'bob', password }).then(response => response.status);
    for (let failure = 0; failure < 10; failure += 1) expect(await attempt('no')).toBe(531);
    expect(await attempt(bob.password)).toBe(531);
    expect((await post(credentials())).status).toBe(200);
  });
});

describe('a session', () => {
  test('calls with cookie and session key, and not with one of them', async () => {
    const { cookie, reply } = await open();
    const sessionkey: string = reply.body.sessionkey;
    const list = { command: 'listZones' };
    expect((await post({ ...list, sessionkey }, cookie)).status).toBe(200);
    const byGet = await fetch(`${server.url}?command=listZones&sessionkey=${sessionkey}`, {
      headers: { cookie },
    });
    expect(byGet.status).toBe(200);
    expect((await post(list, cookie)).status).toBe(401);
    expect((await post({ ...list, sessionkey: `${sessionkey}x` }, cookie)).status).toBe(401);
    expect((await post({ ...list, sessionkey })).status).toBe(401);
    const other = await open();
    expect((await post({ ...list, sessionkey }, other.cookie)).status).toBe(401);
  });

  test('survives a restart of the server and ends with logout', async () => {
    const { cookie, reply } = await open();
    const call = { command: 'listZones', sessionkey: String(reply.body.sessionkey) };
    await server.restart();
    expect((await post(call, cookie)).status).toBe(200);
    const out = await post({ ...call, command: 'logout' }, cookie);
    expect((await replyOf(out)).body).toEqual({ description: 'success' });
    expect((await post(call, cookie)).status).toBe(401);
  });

  test('ends when it is idle for too long', async () => {
    const { cookie, reply } = await open();
    await server.db
      .updateTable('sessions')
      .set({ last_used: new Date(Date.now() - 31 * 60_000) })
      .execute();
    const call = { command: 'listZones', sessionkey: String(reply.body.sessionkey) };
    expect((await post(call, cookie)).status).toBe(401);
  });

  test('stores no secret of a session', async () => {
    const { cookie } = await open();
    const rows = JSON.stringify(await server.db.selectFrom('sessions').selectAll().execute());
    for (const part of cookie.split('; ')) expect(rows).not.toContain(part.split('=')[1]);
  });
});

describe('wrong passwords in a row', () => {
  const attempt = (username: string, password: string, domain = '/') =>
    post({ command: 'login', username, password, domain }).then(response => response.status);

  test('disable a user until an administrator enables it', async () => {
    const eve = await server.tenant('eve');
    for (let failure = 0; failure < 4; failure += 1) expect(await attempt('eve', 'no')).toBe(531);
    expect(await attempt('eve', eve.password)).toBe(200);
    for (let failure = 0; failure < 5; failure += 1) expect(await attempt('eve', 'no')).toBe(531);
    expect(await attempt('eve', eve.password)).toBe(531);
    expect((await server.call(eve, 'listZones')).status).toBe(401);
    const { body } = await server.call(server.admin, 'listUsers', { id: eve.userId });
    expect(body.user[0].state).toBe('disabled');
    const events = await server.call(server.admin, 'listEvents', {
      type: 'USER.DISABLE',
      listall: 'true',
    });
    expect(events.body.event[0]).toMatchObject({ account: 'eve', level: 'WARN' });
    await server.call(server.admin, 'enableUser', { id: eve.userId });
    expect(await attempt('eve', eve.password)).toBe(200);
  });

  test('that come together are looked at no further than those one after another', async () => {
    const ted = await server.tenant('ted');
    const name = 'incorrect.login.attempts.allowed';
    await server.call(server.admin, 'updateConfiguration', { name, value: '100' });
    const statuses = await Promise.all(Array.from({ length: 25 }, () => attempt('ted', 'no')));
    expect(new Set(statuses)).toEqual(new Set([531]));
    const counted = await server.db
      .selectFrom('users')
      .select('failed_logins')
      .where('id', '=', ted.userId)
      .executeTakeFirst();
    expect(counted).toEqual({ failed_logins: 10 });
    await server.call(server.admin, 'resetConfiguration', { name });
  });

  test('never disable the administrator that every installation has, nor anybody where the setting is 0', async () => {
    for (let failure = 0; failure < 7; failure += 1) expect(await attempt('admin', 'no')).toBe(531);
    expect(await attempt('admin', 'admin password')).toBe(200);
    const name = 'incorrect.login.attempts.allowed';
    await server.call(server.admin, 'updateConfiguration', { name, value: '0' });
    const kim = await server.tenant('kim');
    for (let failure = 0; failure < 7; failure += 1) expect(await attempt('kim', 'no')).toBe(531);
    expect(await attempt('kim', kim.password)).toBe(200);
  });
});

test('keys work between their start and end', async () => {
  const lee = await server.tenant('lee');
  const register = (params: Record<string, string>) =>
    server.call(server.admin, 'registerUserKeys', { id: lee.userId, ...params });
  const works = async () => {
    const { body } = await server.call(server.admin, 'getUserKeys', { id: lee.userId });
    const keys = { apiKey: body.userkeys.apikey, secretKey: body.userkeys.secretkey };
    return (await server.call(keys, 'listZones')).status;
  };
  await register({});
  expect(await works()).toBe(200);
  await register({ startdate: '2099-01-01' });
  expect(await works()).toBe(401);
  await register({ startdate: '2020-01-01', enddate: '2099-01-01' });
  expect(await works()).toBe(200);
  expect((await register({ enddate: '2020-01-01' })).status).toBe(431);
});
