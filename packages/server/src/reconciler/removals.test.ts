import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestZone, testZone } from './test-zone.ts';

let zone: TestZone;

beforeAll(async () => {
  zone = await testZone();
});
afterAll(() => zone.close());

test('a domain that was marked while its last network went is deleted by and by', async () => {
  const { db } = zone;
  const parent = await db.selectFrom('domains').select(['id', 'path']).executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('domains')
    .values({ name: 'left', parent_id: parent.id, path: `${parent.path}left/`, state: 'Inactive' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const reconciler = zone.reconciler();
  await reconciler.start();
  await reconciler.watch.finishRemovals();
  await reconciler.close();
  expect(await db.selectFrom('domains').select('id').where('id', '=', id).execute()).toEqual([]);
});
