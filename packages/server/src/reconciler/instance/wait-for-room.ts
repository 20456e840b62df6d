import { IsolaError } from '@isola/model';
import { raiseAlert } from '../../events/alert.ts';
import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';

/**
 * Whether an instance waits until some host has room for it: a highly available one that ran before, and that nobody but Isola
 * itself starts. Its start is tried again and again. Says so with an alert, which ends when it runs.
 */
export async function waitsForRoom(
  ctx: Convergence,
  instance: InstanceRow,
  error: unknown,
): Promise<boolean> {
  const { id, name, internal_name: internalName, zone_id: zoneId } = instance;
  if (!(error instanceof IsolaError) || error.code !== 'insufficient_capacity') return false;
  if (!instance.ha_enabled || instance.last_host_id === null) return false;
  return ctx.db.transaction().execute(async tx => {
    const job = await tx
      .selectFrom('jobs')
      .select('id')
      .where('status', '=', 0)
      .where('waits_id', '=', id)
      .limit(1)
      .executeTakeFirst();
    if (job !== undefined) return false;
    await tx
      .updateTable('instances')
      .set({ failure: error.message })
      .where('id', '=', id)
      .execute();
    await raiseAlert(tx, {
      name: 'ALERT.USERVM',
      description: `Instance ${name} (${internalName}) is to be started again, and no host has room for it: it starts when one has`,
      subjectId: id,
      zoneId,
    });
    return true;
  });
}
