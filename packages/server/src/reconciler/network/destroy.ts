import { finishRemovals } from '../../features/account/removal.ts';
import { releaseNetwork } from '../../features/network/release.ts';
import type { NetworkRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';

/** Deletes a network that nothing on the host serves any more. */
export async function destroyNetwork(ctx: Convergence, network: NetworkRow): Promise<void> {
  ctx.fault('network.destroy.begin');
  await ctx.db.transaction().execute(async tx => {
    await ctx.jobs.complete(tx, network.id, network.generation);
    await releaseNetwork(tx, network.id);
    await finishRemovals(tx, ctx.jobs);
  });
  ctx.fault('network.destroy.recorded');
}
