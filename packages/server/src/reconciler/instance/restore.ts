import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { hostsOf } from './place.ts';
import { leaveHost } from './ready.ts';

/** Stops a guest at once and removes its disk, wherever it is: the next start makes a new one, on any host that will do. */
export async function discardDisk(ctx: Convergence, instance: InstanceRow): Promise<void> {
  const { id, generation, state } = instance;
  const left = await hostsOf(ctx.db, instance);
  for (const host of left.slice(1)) await ctx.fleet.of(host.id).forgetGuest(id);
  const [holder] = left;
  if (holder !== undefined) await ctx.fleet.of(holder.id).destroyGuest(id);
  ctx.fault('instance.restore.destroyed');
  await ctx.db
    .updateTable('instances')
    .set({
      restoring: false,
      host_id: null,
      last_host_id: null,
      ...(state === 'Running' ? { state: 'Starting' as const } : {}),
    })
    .where('id', '=', id)
    // What was asked meanwhile may be another disk: then this is done once more.
    .where('generation', '=', generation)
    .execute();
  ctx.fault('instance.restore.recorded');
  for (const host of left) await leaveHost(ctx, id, host.id);
}
