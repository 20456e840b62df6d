import { settleRows } from '../../compile/settle.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RowPatch } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { instancesOf } from './facts.ts';

export interface Applied {
  readonly network: Pick<NetworkRow, 'id' | 'applied_generation'>;
  readonly generation: number;
  /** Rows of every generation are settled, not only those that changed since. */
  readonly whole?: boolean;
}

/**
 * Records that a network has applied a generation: its rows are settled and the jobs that waited are done; those of a network that
 * is to be destroyed when it is.
 */
export async function recordApplied(
  ctx: Convergence,
  tx: Db,
  applied: Applied & { readonly patch?: RowPatch<'networks'> },
): Promise<void> {
  const { network, generation } = applied;
  const { desired_state: desired } = await tx
    .updateTable('networks')
    .set({ ...applied.patch, applied_generation: generation })
    .where('id', '=', network.id)
    .returning('desired_state')
    .executeTakeFirstOrThrow();
  const window = { from: applied.whole === true ? -1 : network.applied_generation, to: generation };
  await settleRows(tx, network.id, window);
  if (desired !== 'Destroyed') await ctx.jobs.complete(tx, network.id, generation);
}

/** Nothing on the host has to change: no router runs, or none is wanted. */
export async function recordUnchanged(
  ctx: Convergence,
  network: NetworkRow,
  fault: string,
): Promise<void> {
  const waiting = await instancesOf(ctx.db, network.id);
  await ctx.db
    .transaction()
    .execute(tx => recordApplied(ctx, tx, { network, generation: network.generation }));
  ctx.fault(fault);
  for (const id of waiting) ctx.wake('instance', id);
}
