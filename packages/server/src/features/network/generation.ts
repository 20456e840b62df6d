import type { Db } from '../../store/database.ts';

/** Locks a network's row for a change and raises its generation. Returns the new one: put it on the rows that changed. */
export async function raiseGeneration(tx: Db, networkId: string): Promise<number> {
  const row = await tx
    .updateTable('networks')
    .set(eb => ({ generation: eb('generation', '+', 1) }))
    .where('id', '=', networkId)
    .returning('generation')
    .executeTakeFirstOrThrow();
  return row.generation;
}
