import type { Db } from '../../store/database.ts';
import type { InstanceRow, RowPatch } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';

interface Recorded {
  readonly instance: Pick<InstanceRow, 'id' | 'generation'>;
  readonly patch: RowPatch<'instances'>;
}

/** Records that an instance is as its generation asked, and ends the jobs that waited for it. */
export async function recordInstance(
  ctx: Convergence,
  tx: Db,
  { instance, patch }: Recorded,
): Promise<void> {
  await tx
    .updateTable('instances')
    .set({ ...patch, applied_generation: instance.generation, last_updated: new Date() })
    .where('id', '=', instance.id)
    .execute();
  await ctx.jobs.complete(tx, instance.id, instance.generation);
}
