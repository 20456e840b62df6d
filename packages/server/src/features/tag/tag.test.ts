import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { hasTags } from './filter.ts';

let server: TestServer;
let anna: Tenant;
let bert: Tenant;
let first: string;
let second: string;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  bert = await server.tenant('bert');
  first = await network('first', '10.1.1.1');
  second = await network('second', '10.1.2.1');
});
afterAll(() => server.close());

async function network(name: string, gateway: string): Promise<string> {
  const zones = await server.call(anna, 'listZones');
  const offerings = await server.call(anna, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const { body } = await server.call(anna, 'createNetwork', {
    name,
    gateway,
    netmask: '255.255.255.0',
    zoneid: zones.body.zone[0].id,
    networkofferingid: offerings.body.networkoffering[0].id,
  });
  return body.network.id;
}

const tags = (pairs: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(pairs).flatMap(([key, value], index) => [
      [`tags[${index}].key`, key],
      [`tags[${index}].value`, value],
    ]),
  );

const matching = async (pairs: Record<string, string>) => {
  const rows = await server.db
    .selectFrom('networks')
    .select('name')
    .where(
      hasTags(
        'Network',
        Object.entries(pairs).map(([key, value]) => ({ key, value })),
      ),
    )
    .orderBy('seq')
    .execute();
  return rows.map(row => row.name);
};

test('tags are made, filter by all given pairs, and go one by one or all', async () => {
  const both = { resourcetype: 'network', resourceids: `${first},${second}` };
  await server.run(anna, 'createTags', { ...both, ...tags({ stage: 'test' }), customer: 'c1' });
  await server.run(anna, 'createTags', {
    resourcetype: 'Network',
    resourceids: first,
    ...tags({ color: 'red', size: '' }),
  });
  expect(await matching({})).toEqual(['first', 'second']);
  expect(await matching({ stage: 'test' })).toEqual(['first', 'second']);
  expect(await matching({ stage: 'test', color: 'red' })).toEqual(['first']);
  expect(await matching({ stage: 'red' })).toEqual([]);
  const listed = await server.call(anna, 'listTags', { resourceid: first, key: 'stage' });
  expect(listed.body).toEqual({
    count: 1,
    tag: [
      {
        key: 'stage',
        value: 'test',
        customer: 'c1',
        resourcetype: 'Network',
        resourceid: first,
        account: 'anna',
        domain: 'ROOT',
        domainid: expect.any(String),
        domainpath: 'ROOT',
      },
    ],
  });
  await server.run(anna, 'deleteTags', { ...both, 'tags[0].key': 'stage', 'tags[0].value': 'no' });
  expect(await matching({ stage: 'test' })).toEqual(['first', 'second']);
  await server.run(anna, 'deleteTags', { ...both, 'tags[0].key': 'stage' });
  expect(await matching({ stage: 'test' })).toEqual([]);
  expect(await matching({ color: 'red' })).toEqual(['first']);
  await server.run(anna, 'deleteTags', both);
  expect((await server.call(anna, 'listTags')).body).toEqual({});
});

test('a stranger neither makes, sees nor deletes tags', async () => {
  const on = { resourcetype: 'Network', resourceids: second };
  await server.run(anna, 'createTags', { ...on, ...tags({ mine: 'yes' }) });
  expect((await server.call(bert, 'createTags', { ...on, ...tags({ his: 'yes' }) })).status).toBe(
    531,
  );
  expect((await server.call(bert, 'deleteTags', on)).status).toBe(531);
  expect(
    (await server.call(bert, 'listTags', { resourceid: second, listall: 'true' })).body,
  ).toEqual({});
  expect((await server.call(anna, 'listTags', { resourceid: second })).body.count).toBe(1);
});

test.each([
  [{ resourcetype: 'Nonsense', ...tags({ a: 'b' }) }, 431],
  [{ resourcetype: 'constructor', ...tags({ a: 'b' }) }, 431],
  [{ resourceids: '00000000-0000-4000-8000-000000000000', ...tags({ a: 'b' }) }, 431],
  [{ resourceids: 'nonsense', ...tags({ a: 'b' }) }, 431],
  [{ 'tags[0].key': 'no value' }, 431],
  [{ 'tags[0].key': 'a', 'tags[0].value': '1', 'tags[1].key': 'a', 'tags[1].value': '2' }, 431],
  [{}, 431],
])('createTags refuses %o and changes nothing', async (params, status) => {
  const before = await server.db.selectFrom('tags').selectAll().execute();
  const on = { resourcetype: 'Network', resourceids: first };
  expect((await server.call(anna, 'createTags', { ...on, ...params })).status).toBe(status);
  expect(await server.db.selectFrom('tags').selectAll().execute()).toEqual(before);
});

test('of the same tag made at once by many, one is made', async () => {
  const params = { resourcetype: 'Network', resourceids: first, ...tags({ once: '1' }) };
  const tries = await Promise.all(
    Array.from({ length: 6 }, () => server.call(anna, 'createTags', params)),
  );
  expect(tries.map(one => one.status).toSorted((a, b) => a - b)).toEqual([
    200, 431, 431, 431, 431, 431,
  ]);
});

test('an address that nobody holds carries no tags', async () => {
  const row = await server.db
    .selectFrom('public_addresses')
    .select('id')
    .where('state', '=', 'Free')
    .executeTakeFirstOrThrow();
  const params = { resourcetype: 'PublicIpAddress', resourceids: row.id, ...tags({ a: 'b' }) };
  expect((await server.call(server.admin, 'createTags', params)).status).toBe(431);
});

test('templates show their tags, and lists take them as a filter', async () => {
  const templates = await server.call(server.admin, 'listTemplates', { templatefilter: 'all' });
  const [first] = templates.body.template;
  const on = { resourcetype: 'Template', resourceids: first.id };
  expect((await server.call(anna, 'createTags', { ...on, ...tags({ os: 'new' }) })).status).toBe(
    531,
  );
  await server.run(server.admin, 'createTags', { ...on, ...tags({ os: 'new' }) });
  const listed = async (pairs: Record<string, string>) => {
    const { body } = await server.call(anna, 'listTemplates', {
      templatefilter: 'executable',
      ...tags(pairs),
    });
    return body.template ?? [];
  };
  expect(await listed({ os: 'new' })).toMatchObject([{ id: first.id, tags: [{ key: 'os' }] }]);
  expect(await listed({ os: 'old' })).toEqual([]);
});

test('a user carries tags', async () => {
  const on = { resourcetype: 'User', resourceids: anna.userId };
  await server.run(anna, 'createTags', { ...on, ...tags({ team: 'net' }) });
  const { body } = await server.call(anna, 'listTags', { resourcetype: 'user' });
  expect(body.tag).toMatchObject([{ key: 'team', resourceid: anna.userId, resourcetype: 'User' }]);
  expect((await server.call(bert, 'deleteTags', on)).status).toBe(531);
});
