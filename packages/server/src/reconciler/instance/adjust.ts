import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { readGuestSpec } from './guest-spec.ts';
import { networksAreUp, networksOf, readyHost } from './ready.ts';
import { recordInstance } from './record.ts';

/**
 * Has the host of a running guest put its NICs right, or take over one that has just been sent there. `false` while a
 * network is not implemented: it wakes the instance when it is.
 */
export async function adjustInstance(ctx: Convergence, instance: InstanceRow): Promise<boolean> {
  if (!(await networksAreUp(ctx, instance.id))) return false;
  const { host_id: hostId } = instance;
  if (hostId === null) throw new Error('a running instance has no host');
  const networks = await networksOf(ctx.db, instance.id);
  await readyHost(ctx, instance, hostId);
  await ctx.fleet.of(hostId).startGuest(await readGuestSpec(ctx.db, instance, hostId));
  ctx.fault('instance.adjust.plugged');
  await recordInstance(ctx, { instance, patch: {} });
  ctx.fault('instance.adjust.recorded');
  await ctx.segments.leave(hostId, networks);
  return true;
}
