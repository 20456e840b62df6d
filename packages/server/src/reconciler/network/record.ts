import { sql } from 'kysely';
import { settleRows } from '../../compile/settle.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RowPatch } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { waitingIn } from './facts.ts';

export interface Applied {
  readonly network: Pick<NetworkRow, 'id' | 'applied_generation'>;
  readonly generation: number;
  /** Rows of every generation are settled, not only those that changed since. */
  readonly whole?: boolean;
  readonly patch?: RowPatch<'networks'>;
  /** The router that has applied it, by the fingerprint that it reported. */
  readonly router?: { readonly id: string; readonly fingerprint: string };
}

interface Recorded {
  readonly network: NetworkRow;
  /** Instances in the network that are to be woken. */
  readonly waiting: readonly string[];
}

/**
 * Records that a network has applied a generation: its rows are settled and the jobs that waited are done; those of a network that
 * is to be destroyed when it is.
 */
export async function recordApplied(
  ctx: Convergence,
  tx: Db,
  { network, generation, whole = false, patch, router }: Applied,
): Promise<Recorded> {
  const from = whole ? -1 : network.applied_generation;
  const applied = { networkId: network.id, from, to: generation };
  const { waiting, ...recorded } = await settleRows(tx, applied, query =>
    query
      .with('reported', other =>
        other
          .updateTable('routers')
          .set({ fingerprint: router?.fingerprint ?? '' })
          .where(sql<boolean>`id = ${router?.id ?? null}::uuid`),
      )
      .updateTable('networks')
      .set({ ...patch, applied_generation: generation })
      .where('id', '=', network.id)
      .returningAll()
      // Also those whose NICs go now.
      .returning(waitingIn(network.id).as('waiting')),
  );
  if (recorded.desired_state !== 'Destroyed') await ctx.jobs.complete(tx, network.id, generation);
  return { network: recorded, waiting };
}

/** Nothing on the host has to change: no router runs, or none is wanted. */
export async function recordUnchanged(
  ctx: Convergence,
  network: NetworkRow,
  fault: string,
): Promise<void> {
  const { waiting } = await ctx.db
    .transaction()
    .execute(tx => recordApplied(ctx, tx, { network, generation: network.generation }));
  ctx.fault(fault);
  for (const id of waiting) ctx.wake('instance', id);
}
