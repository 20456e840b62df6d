import { finishRemovals } from '../../features/account/removal.ts';
import { setting } from '../../features/setting/value.ts';
import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { hostsOf } from './place.ts';
import { leaveHost } from './ready.ts';
import { releaseNics } from './release-nics.ts';

/**
 * Removes a guest, then its NICs and the rules that lead to them, then its row. `false` while a network still has a NIC to
 * forget: it wakes the instance when it has.
 */
export async function expungeInstance(ctx: Convergence, instance: InstanceRow): Promise<boolean> {
  if (instance.state !== 'Expunging') await enterExpunging(ctx, instance.id);
  const left = await hostsOf(ctx.db, instance);
  for (const { id } of left.slice(1)) await ctx.fleet.of(id).forgetGuest(instance.id);
  const [holder] = left;
  if (holder !== undefined) await ctx.fleet.of(holder.id).destroyGuest(instance.id);
  ctx.fault('instance.destroy.guest');
  const networks = await ctx.db.transaction().execute(async tx => {
    await tx
      .updateTable('instances')
      .set({ host_id: null, migration_target: null })
      .where('id', '=', instance.id)
      .execute();
    return releaseNics(tx, instance.id);
  });
  ctx.fault('instance.destroy.nics');
  for (const { id } of left) await leaveHost(ctx, instance.id, id);
  for (const id of networks) ctx.wake('network', id);
  const gone = await ctx.db.transaction().execute(async tx => {
    const nic = await tx
      .selectFrom('nics')
      .select('id')
      .where('instance_id', '=', instance.id)
      .limit(1)
      .executeTakeFirst();
    if (nic !== undefined) return false;
    // The answers of the jobs show the instance: they are made before its row goes.
    await ctx.jobs.complete(tx, instance.id, instance.generation);
    await tx.deleteFrom('instances').where('id', '=', instance.id).execute();
    await finishRemovals(tx, ctx.jobs);
    return true;
  });
  ctx.fault('instance.destroy.expunged');
  return gone;
}

async function enterExpunging(ctx: Convergence, id: string): Promise<void> {
  await ctx.db
    .updateTable('instances')
    .set({ state: 'Expunging', last_updated: new Date() })
    .where('id', '=', id)
    .execute();
  ctx.fault('instance.destroy.expunging');
}

/** Asks for the end of the instances that have been destroyed for longer than `expunge.delay`. */
export async function expungeDestroyed(ctx: Convergence): Promise<void> {
  const delay = await setting(ctx.db, 'expunge.delay');
  const rows = await ctx.db
    .updateTable('instances')
    .set(eb => ({ desired_state: 'Expunged', generation: eb('generation', '+', 1) }))
    .where('desired_state', '=', 'Destroyed')
    .where('state', '=', 'Destroyed')
    .where('destroyed', '<=', new Date(Date.now() - delay * 1000))
    .returning('id')
    .execute();
  for (const { id } of rows) ctx.wake('instance', id);
}
