import fc from 'fast-check';
import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { longPageOf, pageOf } from './page.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const { id } = await db
    .insertInto('domains')
    .values({ parent_id: null, name: 'ROOT', path: 'ROOT' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('domains')
    .values(
      Array.from({ length: 8 }, (_, n) => ({ parent_id: id, name: `d${n}`, path: `ROOT/d${n}` })),
    )
    .execute();
});
afterAll(() => database.close());

const query = (order: 'asc' | 'desc', named: string) =>
  database.db
    .selectFrom('domains')
    .leftJoin('accounts', 'accounts.id', 'domains.parent_id')
    .select(['domains.name', 'accounts.name as account'])
    .where('domains.name', '>', named)
    .orderBy('domains.seq', order);

test('a page of a long list is that of a short one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        order: fc.constantFrom('asc', 'desc'),
        named: fc.constantFrom('', 'd3', 'z'),
        page: fc.integer({ min: 1, max: 5 }),
        pagesize: fc.integer({ min: 1, max: 10 }),
      }),
      async ({ order, named, page, pagesize }) => {
        const call = { maxPageSize: 500 };
        const found = query(order, named);
        expect(
          await longPageOf(call, { query: found, key: 'domains.id' }, { page, pagesize }),
        ).toEqual(await pageOf(call, found, { page, pagesize }));
      },
    ),
    { numRuns: 60 },
  );
});

test('a row that has left the list by the time it is read is not shown', async () => {
  let asked = 0;
  const meanwhile: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      asked += 1;
      if (asked === 1)
        await database.db
          .updateTable('domains')
          .set({ path: 'ROOT/gone' })
          .where('name', '=', 'd7')
          .execute();
      return result;
    },
  };
  const found = database.db
    .withPlugin(meanwhile)
    .selectFrom('domains')
    .select('domains.name')
    .where('domains.path', '>', 'ROOT/d3')
    .where('domains.path', '<', 'ROOT/e')
    .orderBy('domains.seq');
  const second = { page: 2, pagesize: 3 };
  const long = { query: found, key: 'domains.id' };
  const { rows } = await longPageOf({ maxPageSize: 500 }, long, second);
  expect(asked).toBe(2);
  expect(rows).toEqual([]);
});
