import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { onLivingHost } from '../host/living.ts';
import { leaveHost } from './ready.ts';
import { recordInstance } from './record.ts';

/** Stops a guest; its disk, NICs and addresses stay. */
export async function stopInstance(ctx: Convergence, instance: InstanceRow): Promise<void> {
  await stopGuest(ctx, instance);
  ctx.fault('instance.stop.stopped');
  await recordInstance(ctx, { instance, patch: { state: 'Stopped', host_id: null } });
  ctx.fault('instance.stop.recorded');
  await leaveHost(ctx, instance.id, instance.host_id);
}

/** Stops a guest that is to be expunged later. */
export async function destroyInstance(ctx: Convergence, instance: InstanceRow): Promise<void> {
  await stopGuest(ctx, instance);
  ctx.fault('instance.destroy.stopped');
  const destroyed = instance.destroyed ?? new Date();
  await recordInstance(ctx, { instance, patch: { state: 'Destroyed', host_id: null, destroyed } });
  ctx.fault('instance.destroy.recorded');
  await leaveHost(ctx, instance.id, instance.host_id);
}

/** Nothing runs of one that has no host. */
async function stopGuest(ctx: Convergence, { id, host_id, forced }: InstanceRow): Promise<void> {
  if (host_id !== null) await onLivingHost(ctx, host_id, agent => agent.stopGuest(id, forced));
}
