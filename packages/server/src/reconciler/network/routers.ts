import type { Db } from '../../store/database.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { onLivingHost } from '../host/living.ts';
import { remembered } from './apply.ts';
import { bootRouter } from './boot.ts';
import { confirmed } from './confirm.ts';
import type { NetworkFacts } from './facts.ts';
import { noteLastTraffic } from './last-traffic.ts';
import { routerAnswered } from './reachability.ts';
import { recordApplied } from './record.ts';
import { leaveUnusableHost } from './router-host.ts';

/** Stops a router that is to stay stopped. What changes meanwhile it gets when it starts. */
export async function stopRouter(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<void> {
  await noteLastTraffic(ctx, router);
  await onLivingHost(ctx, router.host_id, agent => agent.stopRouter(router.id));
  ctx.fault('router.stop.stopped');
  ctx.compiled.forget(router.id);
  ctx.mute.delete(router.id);
  await ctx.db.transaction().execute(async tx => {
    await routerAnswered(tx, router.id);
    await tx.updateTable('routers').set({ state: 'Stopped' }).where('id', '=', router.id).execute();
    await recordApplied(ctx, tx, { network, generation: network.generation });
  });
  ctx.fault('router.stop.recorded');
  await ctx.segments.leave(router.host_id, [network.id]);
}

/** Starts a router (stopping it first where a reboot was asked for) with the configuration of now. */
export async function startRouter(
  ctx: Convergence,
  network: NetworkRow,
  stopped: RouterRow,
): Promise<void> {
  const router = await ctx.db.transaction().execute(tx => leaveUnusableHost(tx, network, stopped));
  ctx.fault('router.start.placed');
  if (router.host_id !== stopped.host_id)
    await onLivingHost(ctx, stopped.host_id, agent => agent.destroyRouter(router.id));
  const agent = ctx.fleet.of(router.host_id);
  if (router.reboot_generation > router.rebooted_generation) {
    await noteLastTraffic(ctx, stopped);
    await agent.stopRouter(router.id);
    ctx.fault('router.start.stopped');
    // Once: what is tried again from here on is its start, which may take longer than an attempt.
    await ctx.db
      .updateTable('routers')
      .set({ state: 'Starting', rebooted_generation: router.reboot_generation })
      .where('id', '=', router.id)
      .execute();
  }
  const config = await bootRouter(ctx, network, router);
  ctx.fault('router.start.started');
  const report = await agent.applyConfig(router.id, config);
  const expected = remembered(ctx, router, config);
  const { fingerprint, generation } = await confirmed(ctx, router, { expected, report });
  await ctx.db.transaction().execute(async tx => {
    await routerAnswered(tx, router.id);
    await tx
      .updateTable('routers')
      .set({ state: 'Running', fingerprint, rebooted_generation: router.reboot_generation })
      .where('id', '=', router.id)
      .execute();
    await recordApplied(ctx, tx, { network, generation });
  });
  ctx.fault('router.start.recorded');
}

/** Removes a router that is not wanted any more. The network gets a new one when it next needs one. */
export async function removeRouter(
  ctx: Convergence,
  { network, routers }: NetworkFacts,
  router: RouterRow,
): Promise<void> {
  await noteLastTraffic(ctx, router);
  await onLivingHost(ctx, router.host_id, agent => agent.destroyRouter(router.id));
  ctx.fault('router.remove.destroyed');
  ctx.compiled.forget(router.id);
  ctx.mute.delete(router.id);
  await ctx.db.transaction().execute(async tx => {
    await routerAnswered(tx, router.id);
    // Answers of jobs show the router as it was: they are made before its row goes.
    if (routers.length === 1)
      await recordApplied(ctx, tx, { network, generation: network.generation });
    await deleteRouter(tx, router.id);
  });
  ctx.fault('router.remove.recorded');
  await ctx.segments.leave(router.host_id, [network.id]);
}

export async function deleteRouter(tx: Db, id: string): Promise<void> {
  await tx.deleteFrom('routers').where('id', '=', id).execute();
}
