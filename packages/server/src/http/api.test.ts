import { createHmac } from 'node:crypto';
import { canonicalString } from '@isola/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replyOf, sign, type TestServer, testServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

describe('answers', () => {
  test('JSON', async () => {
    const query = await sign(server.admin, { command: 'listZones', response: 'json' });
    const response = await fetch(`${server.url}?${query.toString()}`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const { body } = await replyOf(response);
    expect(body.count).toBe(1);
    expect(body.zone[0].name).toBe('zone1');
  });

  test('XML when nothing is asked for', async () => {
    const query = await sign(server.admin, { command: 'listZones' });
    const response = await fetch(`${server.url}?${query.toString()}`);
    expect(response.headers.get('content-type')).toBe('text/xml; charset=UTF-8');
    const text = await response.text();
    expect(text).toMatch(/^<\?xml .*<listzonesresponse [^>]*><count>1<\/count><zone>/);
  });

  test('an empty list is an empty object', async () => {
    expect(await server.call(server.admin, 'listZones', { name: 'nowhere' })).toEqual({
      status: 200,
      body: {},
    });
  });

  test('command and parameter names in any letter case, on both paths', async () => {
    const query = await sign(server.admin, {
      COMMAND: 'LISTZONES',
      Response: 'JSON',
      NaMe: 'zone1',
    });
    const { body } = await replyOf(await fetch(`${server.url}/?${query.toString()}`));
    expect(body.count).toBe(1);
  });
});

describe('signatures', () => {
  test.each(['sha1', 'sha256', 'sha512'])('%s', async hash => {
    const query = await sign(server.admin, { command: 'listZones', response: 'json' }, hash);
    expect((await fetch(`${server.url}?${query.toString()}`)).status).toBe(200);
  });

  test('in the body of a POST, the rest in the query', async () => {
    const all = await sign(server.admin, {
      command: 'listZones',
      response: 'json',
      name: 'a b*~c',
    });
    const query = new URLSearchParams([...all].slice(0, 2));
    const body = new URLSearchParams([...all].slice(2));
    const response = await fetch(`${server.url}?${query.toString()}`, { method: 'POST', body });
    expect(response.status).toBe(200);
  });

  test('names of the credentials in any letter case', async () => {
    const sent: [string, string][] = [
      ['command', 'listZones'],
      ['response', 'json'],
      ['APIKEY', server.admin.apiKey],
    ];
    const signature = createHmac('sha1', server.admin.secretKey)
      .update(canonicalString(sent))
      .digest('base64');
    const query = new URLSearchParams([...sent, ['SIGNATURE', signature]]);
    expect((await fetch(`${server.url}?${query.toString()}`)).status).toBe(200);
  });

  test.each(['2099-11-22T04:21:13+0000', '2099-11-22T04:42:05Z'])('expires %s', async expires => {
    const { status } = await server.call(server.admin, 'listZones', {
      signatureVersion: '3',
      expires,
    });
    expect(status).toBe(200);
  });

  const refused = { uuidList: [], errorcode: 401, cserrorcode: 4265 };

  test.each([
    { signatureVersion: '3', expires: '2020-11-22T04:21:13+0000' },
    { signatureVersion: '3', expires: 'soon' },
    { signatureVersion: '3' },
  ])('refuses %o', async params => {
    const { status, body } = await server.call(server.admin, 'listZones', { ...params });
    expect(status).toBe(401);
    expect(body).toMatchObject(refused);
  });

  test('refuses a wrong key, a changed parameter, no signature, an unknown API key', async () => {
    const wrong = { ...server.admin, secretKey: 'x' };
    expect((await server.call(wrong, 'listZones')).body).toMatchObject(refused);
    const unknown = { apiKey: 'nobody', secretKey: 'x' };
    expect((await server.call(unknown, 'listZones')).status).toBe(401);
    const good = await sign(server.admin, { command: 'listZones', response: 'json', name: 'a' });
    good.set('name', 'b');
    expect((await fetch(`${server.url}?${good.toString()}`)).status).toBe(401);
    good.delete('signature');
    expect((await fetch(`${server.url}?${good.toString()}`)).status).toBe(401);
    expect((await fetch(`${server.url}?command=listZones`)).status).toBe(401);
  });
});

describe('refusals', () => {
  test('an unknown command: 432', async () => {
    const { status, body } = await server.call(server.admin, 'makeCoffee');
    expect(status).toBe(432);
    expect(body.errortext).toContain('makeCoffee');
    expect((await fetch(server.url)).status).toBe(432);
  });

  test('a missing, an ill-typed and an impossible parameter: 431 that names it', async () => {
    const missing = await server.call(server.admin, 'createNetwork', {});
    expect(missing.status).toBe(431);
    expect(missing.body).toMatchObject({ errorcode: 431, cserrorcode: 9999 });
    const typed = await server.call(server.admin, 'listZones', { page: 'x', pagesize: '1' });
    expect(typed.status).toBe(431);
    expect(typed.body.errortext).toContain('page');
    const big = await server.call(server.admin, 'listZones', { page: '1', pagesize: '501' });
    expect(big.status).toBe(431);
    expect(big.body.errortext).toContain('pagesize');
  });

  test('a command of another role: 432', async () => {
    const user = await server.tenant('plain');
    const { status, body } = await server.call(user, 'createAccount', {});
    expect(status).toBe(432);
    expect(body.errortext).toContain('createAccount');
  });

  test('a body too large and a wrong path', async () => {
    const large = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a'.repeat(300_000),
    });
    expect(large.status).toBe(431);
    expect((await fetch(`${server.url}/other`)).status).toBe(404);
  });

  test('a deleted user at once', async () => {
    const user = await server.tenant('leaving');
    expect((await server.call(user, 'listZones')).status).toBe(200);
    await server.call(server.admin, 'deleteUser', { id: user.userId });
    expect((await server.call(user, 'listZones')).status).toBe(401);
  });
});

describe('listApis', () => {
  test('shows what the caller may call', async () => {
    const user = await server.tenant('reader');
    const all = await server.call(server.admin, 'listApis');
    const few = await server.call(user, 'listApis');
    expect(few.body.count).toBeLessThan(all.body.count);
    const one = await server.call(user, 'listApis', { name: 'LISTNETWORKS' });
    expect(one.body).toMatchObject({ count: 1, api: [{ name: 'listNetworks', isasync: false }] });
    expect(one.body.api[0].params).toBeInstanceOf(Array);
    expect(one.body.api[0].response).toBeInstanceOf(Array);
  });
});

test('health and metrics are for the machine itself', async () => {
  const root = new URL('/', server.url);
  expect(await (await fetch(new URL('health', root))).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(new URL('metrics', root))).text()).toContain('isola_api_calls_total');
});

test('a restart keeps keys and data', async () => {
  const user = await server.tenant('stayer');
  await server.restart();
  expect((await server.call(user, 'listZones')).status).toBe(200);
});
