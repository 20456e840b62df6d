import type { IsolaError } from '@isola/model';
import { raiseAlert } from '../../events/alert.ts';
import type { Db } from '../../store/database.ts';
import type { Convergence } from '../convergence.ts';
import { isDeadNow } from '../host/living.ts';

/**
 * An instance cannot start: one that never ran is in `Error`, any other `Stopped` again. Its NICs stay until it is destroyed.
 * Call with the row locked.
 */
export async function failInstance(
  ctx: Convergence,
  tx: Db,
  { id, error }: { readonly id: string; readonly error: IsolaError },
): Promise<void> {
  const instance = await tx
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const neverRan = instance.last_host_id === null;
  const { host_id: hostId } = instance;
  // It may still run on a host that is down: it stays with it.
  const stays = !neverRan && hostId !== null && (await isDeadNow(tx, hostId));
  await tx
    .updateTable('instances')
    .set({
      state: neverRan ? 'Error' : 'Stopped',
      desired_state: 'Stopped',
      host_id: stays ? hostId : null,
      applied_generation: instance.generation,
      failure: error.message,
      last_updated: new Date(),
    })
    .where('id', '=', id)
    .execute();
  await raiseAlert(tx, {
    name: 'ALERT.USERVM',
    description: `Instance ${instance.name} (${instance.internal_name}) could not start: ${error.message}`,
    subjectId: id,
    zoneId: instance.zone_id,
  });
  await ctx.jobs.fail(tx, id, { generation: instance.generation, error });
}
