import { compileNetwork } from '../../compile/compile.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { remembered } from './apply.ts';
import { confirmed } from './confirm.ts';
import type { NetworkFacts } from './facts.ts';
import { routerAnswered } from './reachability.ts';
import { recordApplied } from './record.ts';
import { readSurroundings, routerSpec } from './router-spec.ts';
import { readSegment } from './segment.ts';

/** Stops a router that is to stay stopped. What changes meanwhile it gets when it starts. */
export async function stopRouter(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<void> {
  await ctx.agent.stopRouter(router.id);
  ctx.fault('router.stop.stopped');
  ctx.compiled.forget(router.id);
  await ctx.db.transaction().execute(async tx => {
    await routerAnswered(tx, router.id);
    await tx.updateTable('routers').set({ state: 'Stopped' }).where('id', '=', router.id).execute();
    await recordApplied(ctx, tx, { network, generation: network.generation });
  });
  ctx.fault('router.stop.recorded');
}

/** Starts a router (stopping it first where a reboot was asked for) with the configuration of now. */
export async function startRouter(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<void> {
  if (router.reboot_generation > router.rebooted_generation) {
    await ctx.agent.stopRouter(router.id);
    ctx.fault('router.start.stopped');
  }
  const segment = await readSegment(ctx.db, network);
  await ctx.agent.ensureSegment(segment);
  const config = await compileNetwork(ctx.db, network.id, router);
  const surroundings = await readSurroundings(ctx.db, network, segment);
  await ctx.agent.startRouter(routerSpec(router, surroundings), config);
  ctx.fault('router.start.started');
  const report = await ctx.agent.applyConfig(router.id, config);
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
  await ctx.agent.destroyRouter(router.id);
  ctx.fault('router.remove.destroyed');
  ctx.compiled.forget(router.id);
  await ctx.db.transaction().execute(async tx => {
    await routerAnswered(tx, router.id);
    // Answers of jobs show the router as it was: they are made before its row goes.
    if (routers.length === 1)
      await recordApplied(ctx, tx, { network, generation: network.generation });
    await deleteRouter(tx, router.id);
  });
  ctx.fault('router.remove.recorded');
}

export async function deleteRouter(tx: Db, id: string): Promise<void> {
  await tx.deleteFrom('routers').where('id', '=', id).execute();
}
