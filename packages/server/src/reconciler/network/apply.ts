import type { RouterConfig, RouterDelta, RouterReport } from '@isola/model';
import { compileChanges, compileNetwork, recallApplied } from '../../compile/compile.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { confirmed, type Expected } from './confirm.ts';
import { routerAnswered } from './reachability.ts';
import { recordApplied } from './record.ts';

/** A network and its router as they are once that has applied something. */
export interface AppliedNetwork {
  readonly network: NetworkRow;
  readonly router: RouterRow;
}

/** Brings a running router to the network's generation: by the rows that changed since, or whole where that does not do. */
export async function applyChanges(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<AppliedNetwork> {
  try {
    const delta = await readDelta(ctx, network, router);
    ctx.fault('network.apply.compiled');
    const report =
      delta === null ? null : await ctx.fleet.of(router.host_id).applyDelta(router.id, delta);
    if (delta === null || report === null) return await applyWhole(ctx, network, router);
    return await finish(ctx, { network, router, expected: delta, report });
  } catch (error) {
    ctx.compiled.forget(router.id);
    throw error;
  }
}

async function readDelta(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<RouterDelta | null> {
  const from = network.applied_generation;
  const to = network.generation;
  if (network.full_generation > from) return null;
  if (ctx.compiled.fingerprint(router.id, from) === null && !(await recall(ctx, network, router)))
    return null;
  const changes = await compileChanges(ctx.db, network, { from, to });
  return ctx.compiled.amend(router.id, { from, generation: to, changes });
}

/** Takes up, after a restart of the server, what the router was recorded to run. False where the rows do not tell any more. */
async function recall(ctx: Convergence, network: NetworkRow, router: RouterRow): Promise<boolean> {
  if (!ctx.compiled.mayRecall(router.id)) return false;
  const config = await recallApplied(ctx.db, network, router);
  if (ctx.compiled.keep(router.id, config) === router.fingerprint) return true;
  ctx.compiled.forget(router.id);
  return false;
}

/** Gives a running router its whole configuration. */
export async function applyWhole(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<AppliedNetwork> {
  const config = await compileNetwork(ctx.db, network.id, router);
  ctx.fault('network.apply.whole-compiled');
  const report = await ctx.fleet.of(router.host_id).applyConfig(router.id, config);
  return finish(ctx, { network, router, expected: remembered(ctx, router, config), report });
}

/** Asks the router to compare what it runs with what it should, repairs, and gives it the whole configuration. */
export async function resync(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<AppliedNetwork> {
  await ctx.fleet.of(router.host_id).resyncRouter(router.id);
  ctx.fault('network.resync.compared');
  return applyWhole(ctx, network, router);
}

/** Keeps a configuration for later deltas; gives what the router must report once it runs it. */
export function remembered(ctx: Convergence, router: RouterRow, config: RouterConfig): Expected {
  return { generation: config.generation, fingerprint: ctx.compiled.keep(router.id, config) };
}

interface Finish {
  readonly network: NetworkRow;
  readonly router: RouterRow;
  readonly expected: Expected;
  readonly report: RouterReport;
}

async function finish(
  ctx: Convergence,
  { network, router, expected, report }: Finish,
): Promise<AppliedNetwork> {
  const { fingerprint, generation } = await confirmed(ctx, router, { expected, report });
  ctx.fault('network.apply.applied');
  const recorded = await ctx.db.transaction().execute(async tx => {
    if (!router.reachable) await routerAnswered(tx, router.id);
    return recordApplied(ctx, tx, { network, generation, router: { id: router.id, fingerprint } });
  });
  ctx.fault('network.apply.recorded');
  for (const id of recorded.waiting) ctx.wake('instance', id);
  return { network: recorded.network, router: { ...router, fingerprint, reachable: true } };
}
