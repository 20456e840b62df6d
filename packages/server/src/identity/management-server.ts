import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Db } from '../store/database.ts';

const name = 'isola.server.id';

/** The management server as clients see it: its id is the installation's, made once. */
export async function managementServer(
  db: Db,
): Promise<{ readonly id: string; readonly name: string }> {
  const found = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  return { id: found?.value ?? (await makeId(db)), name: hostname() };
}

async function makeId(db: Db): Promise<string> {
  await db
    .insertInto('settings')
    .values({ name, value: randomUUID() })
    .onConflict(conflict => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return row.value;
}
