import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { annotatable } from '../features/annotation/entities.ts';
import { detailed } from '../features/resource-detail/resources.ts';
import { taggable } from '../features/tag/resources.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Tables whose rows take with them what a trigger function drops, and the type that it is told. */
async function triggersOf(drop: string): Promise<Record<string, string>> {
  const { rows } = await sql<{ table: string; type: string }>`
    select tgrelid::regclass::text as table, encode(trim(trailing '\\000'::bytea from tgargs), 'escape') as type
    from pg_trigger where tgfoid = ${drop}::regproc`.execute(database.db);
  return Object.fromEntries(rows.map(({ table, type }) => [type, table]));
}

test.each([
  ['drop_tags', Object.entries(taggable)],
  [
    'drop_details',
    Object.entries(detailed).flatMap(([type, { table, kept }]) =>
      kept === 'apart' ? [[type, table]] : [],
    ),
  ],
  ['drop_annotations', Object.entries(annotatable).map(([type, { table }]) => [type, table])],
  [
    'move_annotations',
    Object.entries(annotatable).flatMap(([type, { table, owned }]) =>
      // An address is given back before another account has it, and loses its notes with that.
      owned && table !== 'public_addresses' ? [[type, table]] : [],
    ),
  ],
] as const)('%s is told the type of every table that has such rows', async (drop, tables) => {
  expect(await triggersOf(drop)).toEqual(Object.fromEntries(tables));
});

test('what is about another thing with the same id stays', async () => {
  const { db } = database;
  const { id: domain_id } = await db
    .insertInto('domains')
    .values({ name: 'd', path: 'd' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const note = { entity_id: domain_id, annotation: 'x', admins_only: false, user_id: domain_id };
  await db
    .insertInto('annotations')
    .values([
      { ...note, entity_type: 'DOMAIN' },
      { ...note, entity_type: 'ZONE' },
    ])
    .execute();
  await db.deleteFrom('domains').where('id', '=', domain_id).execute();
  const left = await db.selectFrom('annotations').select('entity_type').execute();
  expect(left).toEqual([{ entity_type: 'ZONE' }]);
});
