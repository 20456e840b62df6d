import type { RouterSpec } from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import { compileNetwork } from '../../compile/compile.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { takeFromReturning } from '../host/living.ts';
import { ensureTemplate } from '../template/ensure.ts';
import { readSurroundings, routerSpec } from './router-spec.ts';

/** What a router is started with. */
interface Boot {
  readonly spec: RouterSpec;
  readonly config: RouterConfig;
}

/** Gets a router's host ready for it: segment and template. */
export async function readyHost(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<Boot> {
  await ctx.segments.bring(network, router.host_id);
  ctx.fault('router.boot.segment');
  if (router.template_id !== null) await ensureTemplate(ctx, router.template_id, router.host_id);
  const config = await compileNetwork(ctx.db, network.id, router);
  const surroundings = await readSurroundings(ctx.db, network, router);
  return { spec: routerSpec(router, surroundings), config };
}

/** Starts a router on its host with the configuration of now, which it gives. */
export async function bootRouter(
  ctx: Convergence,
  network: NetworkRow,
  router: RouterRow,
): Promise<RouterConfig> {
  const { spec, config } = await readyHost(ctx, network, router);
  await takeFromReturning(ctx, router.host_id, agent => agent.destroyRouter(router.id));
  await ctx.fleet.of(router.host_id).startRouter(spec, config);
  return config;
}
