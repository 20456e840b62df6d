import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../http/test-server.ts';

let server: TestServer;
let anna: Tenant;
let bert: Tenant;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  bert = await server.tenant('bert');
});
afterAll(() => server.close());

/** Each kind with the most that an account can have, further columns of its rows, and what makes one of the name. */
const kinds = [
  {
    table: 'affinity_groups',
    most: 100,
    columns: { type: `'host affinity'` },
    command: 'createAffinityGroup',
    params: { type: 'host affinity' },
  },
  {
    table: 'instance_groups',
    most: 1000,
    columns: {},
    command: 'createInstanceGroup',
    params: {},
  },
  {
    table: 'ssh_key_pairs',
    most: 100,
    columns: { fingerprint: `'x'`, public_key: `'x'` },
    command: 'createSSHKeyPair',
    params: {},
  },
  {
    table: 'user_data',
    most: 100,
    columns: { data: `'eA=='` },
    command: 'registerUserData',
    params: { userdata: 'eA==' },
  },
] as const;

test.each(kinds)('an account has so many $table and no more', async kind => {
  const { table, most, columns, command, params } = kind;
  const names = ['account_id', 'domain_id', 'name', ...Object.keys(columns)];
  await sql`insert into ${sql.table(table)} (${sql.raw(names.join(', '))})
    select ${anna.accountId}, domain_id, 'n' || n${sql.raw(
      Object.values(columns)
        .map(value => `, ${value}`)
        .join(''),
    )} from accounts cross join generate_series(2, ${most}::int) n where id = ${anna.accountId}`.execute(
    server.db,
  );
  const asked = await Promise.all(
    ['a', 'b', 'c'].map(name => server.call(anna, command, { ...params, name })),
  );
  const refused = asked.filter(({ status }) => status !== 200);
  expect(refused.map(({ status }) => status)).toEqual([436, 436]);
  expect(JSON.stringify(refused[0]?.body)).toContain(`An account can have ${most} `);
  expect((await server.call(bert, command, { ...params, name: 'a' })).status).toBe(200);
});

test('an account has so many notes about what is its own, whoever wrote them; the root administrator adds more', async () => {
  const key = await server.call(bert, 'createSSHKeyPair', { name: 'noted' });
  const entityid: string = key.body.keypair.id;
  await sql`insert into annotations (entity_type, entity_id, annotation, admins_only, user_id, account_id)
    select 'SSH_KEYPAIR', ${entityid}::uuid, 'n', false, ${bert.userId}::uuid, ${bert.accountId}::uuid
    from generate_series(2, 1000)`.execute(server.db);
  const note = { entitytype: 'SSH_KEYPAIR', entityid, annotation: 'one more' };
  const asked = [];
  for (const by of [bert, bert, server.admin])
    asked.push(await server.call(by, 'addAnnotation', note));
  expect(asked.map(({ status }) => status)).toEqual([200, 436, 200]);
});
