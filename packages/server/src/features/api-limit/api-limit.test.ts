import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiLimits } from '../../http/api-limits.ts';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let ann: Tenant;
let ben: Tenant;

beforeAll(async () => {
  server = await testServer();
  ann = await server.tenant('ann');
  ben = await server.tenant('ben');
}, 60_000);
afterAll(() => server.close());

const set = (name: string, value: string) =>
  server.call(server.admin, 'updateConfiguration', { name: `api.throttling.${name}`, value });

test('an account may call as often as the settings say; root administrators as often as they like', async () => {
  const statuses = async (by: { apiKey: string; secretKey: string }) => {
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => server.call(by, 'listZones')),
    );
    return replies.map(({ status }) => status).toSorted((a, b) => a - b);
  };
  expect(await statuses(ann)).toEqual(Array.from({ length: 8 }, () => 200));
  await set('interval', '3600');
  await set('max', '5');
  expect((await server.call(server.admin, 'resetApiLimit')).status).toBe(431);
  await set('enabled', 'true');
  expect(await statuses(ann)).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  const refused = await server.call(ann, 'listZones');
  expect(refused.body.errortext).toMatch(/api limit, please retry after \d+ ms/);
  expect(await statuses(server.admin)).toEqual(Array.from({ length: 8 }, () => 200));
  const left = await server.call(ben, 'getApiLimit');
  expect(left.body.apilimit).toMatchObject({
    account: 'ben',
    accountid: ben.accountId,
    apiIssued: 1,
    apiAllowed: 4,
  });
  expect(left.body.apilimit.expireAfter).toBeGreaterThan(0);
  expect((await server.call(ben, 'resetApiLimit')).status).toBe(432);
  await server.call(server.admin, 'resetApiLimit', { account: ann.accountId });
  expect((await server.call(ann, 'listZones')).status).toBe(200);
  await server.call(server.admin, 'resetApiLimit');
  expect((await server.call(ben, 'getApiLimit')).body.apilimit.apiIssued).toBe(1);
  await set('enabled', 'false');
});

test('windows end, and those that are over are forgotten', () => {
  let now = 0;
  const limits = apiLimits(() => now);
  const limit = { window: 1000, max: 2 };
  const calls = () => [1, 2, 3].map(() => limits.called('a', limit).allowed);
  expect(calls()).toEqual([true, true, false]);
  now = 999;
  expect(limits.issued('a', limit)).toEqual({ count: 3, expires: 1 });
  now = 1000;
  expect(limits.issued('a', limit)).toEqual({ count: 0, expires: 1000 });
  expect(calls()).toEqual([true, true, false]);
});
