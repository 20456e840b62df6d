import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containing } from './keyword.ts';
import { pageOf } from './page.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

let database: TestDatabase;
const names = Array.from({ length: 7 }, (_, index) => `setting_${index}%`);

beforeAll(async () => {
  database = await testDatabase();
  await database.db.deleteFrom('settings').execute();
  await database.db
    .insertInto('settings')
    .values(names.map(name => ({ name, value: '' })))
    .execute();
});
afterAll(() => database.close());

const query = () => database.db.selectFrom('settings').select('name').orderBy('name');

test('every page shows its slice and the count of all', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      async (page, pagesize) => {
        const found = await pageOf({ maxPageSize: 500 }, query(), { page, pagesize });
        expect(found.count).toBe(names.length);
        expect(found.rows.map(row => row.name)).toEqual(
          names.slice((page - 1) * pagesize, page * pagesize),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('without a size the largest allowed one holds, and the count is still of all', async () => {
  const found = await pageOf({ maxPageSize: 3 }, query(), {});
  expect(found.rows).toHaveLength(3);
  expect(found.count).toBe(7);
});

test.each([{ page: 0 }, { pagesize: 0 }, { pagesize: 4 }, { pagesize: -2 }])(
  'refuses %o with 431',
  async paging => {
    await expect(pageOf({ maxPageSize: 3 }, query(), paging)).rejects.toMatchObject({
      status: 431,
    });
  },
);

test('a keyword is text, not a pattern', async () => {
  const found = await query().where(containing('settings.name', '_3%')).execute();
  expect(found).toEqual([{ name: 'setting_3%' }]);
  expect(await query().where(containing('name', 'G%3')).execute()).toEqual([]);
});
