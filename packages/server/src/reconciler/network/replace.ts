import type { RouterReport } from '@isola/model';
import { compileNetwork } from '../../compile/compile.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { remembered } from './apply.ts';
import { confirmed } from './confirm.ts';
import type { NetworkFacts } from './facts.ts';
import { hostOf } from './implement.ts';
import { routerAnswered } from './reachability.ts';
import { recordApplied } from './record.ts';
import { insertRouter } from './router-row.ts';
import { readSurroundings, routerSpec } from './router-spec.ts';
import { deleteRouter, vlanOf } from './routers.ts';

/**
 * Puts a new router in the place of `previous` (or of none). One that answers hands over, with its connections; one that does
 * not is destroyed first.
 */
export async function replaceRouter(
  ctx: Convergence,
  { network, routers }: NetworkFacts,
  previous: RouterRow | undefined,
): Promise<void> {
  const { routerImage } = await ctx.agent.facts();
  const next =
    successorOf(routers, previous) ??
    (await ctx.db
      .transaction()
      .execute(tx => makeSuccessor(tx, { network, previous, image: routerImage })));
  ctx.fault('router.replace.reserved');
  const vlan = vlanOf(network);
  await ctx.agent.ensureSegment(vlan);
  const config = await compileNetwork(ctx.db, network.id, next);
  const spec = routerSpec(next, await readSurroundings(ctx.db, network, vlan));
  let report: RouterReport;
  if (previous !== undefined && (await answers(ctx, previous.id))) {
    report = await ctx.agent.replaceRouter(previous.id, spec, config);
    ctx.fault('router.replace.swapped');
  } else {
    if (previous !== undefined) await ctx.agent.destroyRouter(previous.id);
    ctx.fault('router.replace.destroyed');
    await ctx.agent.startRouter(spec, config);
    ctx.fault('router.replace.started');
    report = await ctx.agent.applyConfig(next.id, config);
  }
  const expected = remembered(ctx, next, config);
  const { fingerprint, generation } = await confirmed(ctx, next, { expected, report });
  await ctx.db.transaction().execute(async tx => {
    if (previous !== undefined) {
      await routerAnswered(tx, previous.id);
      await deleteRouter(tx, previous.id);
    }
    await tx
      .updateTable('routers')
      .set({ state: 'Running', fingerprint, replaces: null })
      .where('id', '=', next.id)
      .execute();
    await recordApplied(ctx, tx, { network, generation });
  });
  if (previous !== undefined) ctx.compiled.forget(previous.id);
  ctx.fault('router.replace.recorded');
}

function successorOf(
  routers: readonly RouterRow[],
  previous: RouterRow | undefined,
): RouterRow | undefined {
  return previous === undefined
    ? undefined
    : routers.find(router => router.replaces === previous.id);
}

async function makeSuccessor(
  tx: Db,
  wanted: { network: NetworkRow; previous: RouterRow | undefined; image: string },
): Promise<RouterRow> {
  const { network, previous, image } = wanted;
  const { services } = await tx
    .selectFrom('network_offerings')
    .select('services')
    .where('id', '=', network.offering_id)
    .executeTakeFirstOrThrow();
  return insertRouter(tx, {
    network,
    hostId: previous?.host_id ?? (await hostOf(tx, network.zone_id)),
    hasPublicSide: services.SourceNat !== undefined,
    image,
    replaces: previous ?? null,
  });
}

async function answers(ctx: Convergence, routerId: string): Promise<boolean> {
  const { routers } = await ctx.agent.inventory();
  return routers.some(router => router.id === routerId && router.running && router.reachable);
}
