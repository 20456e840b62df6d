import type { Tx } from '../database.ts';
import type { SeedTable } from '../schema.ts';

/** The id of what a start once made under this name, also when it is gone since; `null` before the first. */
export async function seedId(tx: Tx, name: SeedTable['name']): Promise<string | null> {
  const kept = await tx
    .selectFrom('seeds')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  return kept?.id ?? null;
}

/** Keeps the id of what a start has made. */
export async function keepSeed(tx: Tx, name: SeedTable['name'], id: string): Promise<void> {
  await tx.insertInto('seeds').values({ name, id }).execute();
}
