import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { recordInstance } from './record.ts';

/** Stops a guest; its disk, NICs and addresses stay. */
export async function stopInstance(ctx: Convergence, instance: InstanceRow): Promise<void> {
  await ctx.agent.stopGuest(instance.id, instance.forced);
  ctx.fault('instance.stop.stopped');
  await recordInstance(ctx, { instance, patch: { state: 'Stopped', host_id: null } });
  ctx.fault('instance.stop.recorded');
}

/** Stops a guest that is to be expunged later. */
export async function destroyInstance(ctx: Convergence, instance: InstanceRow): Promise<void> {
  await ctx.agent.stopGuest(instance.id, instance.forced);
  ctx.fault('instance.destroy.stopped');
  const destroyed = instance.destroyed ?? new Date();
  await recordInstance(ctx, { instance, patch: { state: 'Destroyed', host_id: null, destroyed } });
  ctx.fault('instance.destroy.recorded');
}
