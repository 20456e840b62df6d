import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { readGuestSpec } from './guest-spec.ts';
import { recordInstance } from './record.ts';
import { unimplementedNetworks } from './start.ts';

/** Gives a running guest the NICs that its rows say; `false` while a network of theirs is not implemented: it wakes the instance when it is. */
export async function adjustInstance(ctx: Convergence, instance: InstanceRow): Promise<boolean> {
  const missing = await unimplementedNetworks(ctx.db, instance.id);
  for (const id of missing) ctx.wake('network', id);
  if (missing.length > 0) return false;
  ctx.fault('instance.adjust.begin');
  await ctx.agent.startGuest(await readGuestSpec(ctx.db, instance));
  ctx.fault('instance.adjust.plugged');
  await recordInstance(ctx, { instance, patch: {} });
  ctx.fault('instance.adjust.recorded');
  return true;
}
