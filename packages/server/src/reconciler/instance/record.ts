import { freeReleased } from '../../features/nic/release-address.ts';
import type { Db } from '../../store/database.ts';
import type { InstanceRow, RowPatch } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { settlePlugs } from './plugs.ts';

interface Recorded {
  readonly instance: Pick<InstanceRow, 'id' | 'generation'>;
  readonly patch: RowPatch<'instances'>;
  /** What else belongs into the transaction. */
  readonly also?: (tx: Db) => Promise<void>;
}

/**
 * Records that an instance is as its generation asked, and ends the jobs that waited for it. Networks that have to forget NICs
 * are woken.
 */
export async function recordInstance(
  ctx: Convergence,
  { instance, patch, also }: Recorded,
): Promise<void> {
  const networks = await ctx.db.transaction().execute(async tx => {
    const { generation } = await tx
      .updateTable('instances')
      .set({ ...patch, applied_generation: instance.generation, last_updated: new Date() })
      .where('id', '=', instance.id)
      .returning('generation')
      .executeTakeFirstOrThrow();
    // NICs that were asked for meanwhile are the next step's.
    const changed = generation === instance.generation ? await settlePlugs(tx, instance.id) : [];
    await freeReleased(tx, instance);
    await ctx.jobs.complete(tx, instance.id, instance.generation);
    await also?.(tx);
    return changed;
  });
  for (const id of networks) ctx.wake('network', id);
}
