import type { Inventory } from '@isola/agent-protocol';
import { raiseAlert } from '../../events/alert.ts';
import type { RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { isSilence, type Trouble } from '../failure.ts';
import { isDead } from '../host/living.ts';
import type { NetworkFacts } from './facts.ts';
import { currentRouter, type NetworkStep } from './plan.ts';

/** Each further start may take twice as long as the one before, up to so many times the first. */
const longestTimes = 8;

/**
 * Stops a router that was started and never answered, once the patience with it is over: the repeated step starts it
 * anew. A router that has answered since its start is left alone however long it is silent: it may forward.
 */
export async function stopMuteRouter(
  ctx: Convergence,
  { facts, step }: { readonly facts: NetworkFacts; readonly step: NetworkStep },
  { error, patience }: Pick<Trouble, 'error' | 'patience'>,
): Promise<void> {
  const router = isSilence(error) ? beingStarted(facts, step) : undefined;
  if (router === undefined) return;
  const { since, patienceMs } = ctx.mute.get(router.id) ?? {
    since: Date.now(),
    patienceMs: patience.firstAnswer,
  };
  ctx.mute.set(router.id, { since, patienceMs });
  if (Date.now() - since < patienceMs) return;
  // From now on, whether it is started or its host does not answer either.
  ctx.mute.set(router.id, { since: Date.now(), patienceMs });
  if (!(await runsWithoutService(ctx, facts.routers, router))) return;
  ctx.log.warn(
    { router: router.name },
    'router was started and does not answer: it is started anew',
  );
  await raiseAlert(ctx.db, {
    name: 'ALERT.SERVICE.DOMAINROUTER',
    description: `Router ${router.name} was started and does not answer; it is started anew`,
    subjectId: router.id,
    zoneId: facts.network.zone_id,
  });
  await ctx.fleet.of(router.host_id).stopRouter(router.id);
  // The host may be slow.
  const longer = Math.min(2 * patienceMs, longestTimes * patience.firstAnswer);
  ctx.mute.set(router.id, { since: Date.now(), patienceMs: longer });
}

/** The router that the step starts. */
function beingStarted({ routers }: NetworkFacts, step: NetworkStep): RouterRow | undefined {
  switch (step.kind) {
    case 'implement':
      return currentRouter(routers);
    case 'start-router':
      return step.router;
    case 'replace-router':
      return routers.find(router => router.replaces === step.router?.id);
    default:
      return undefined;
  }
}

/**
 * Whether it runs on its host, which cannot reach it, and does not serve the network: the router before it is still there, or lost
 * with its host.
 */
async function runsWithoutService(
  ctx: Convergence,
  routers: readonly RouterRow[],
  router: RouterRow,
): Promise<boolean> {
  const own = await onHost(ctx, router);
  if (own === undefined || !own.running || own.reachable) return false;
  if (router.replaces === null) return true;
  const before = routers.find(({ id }) => id === router.replaces);
  if (before === undefined) return false;
  return (await isDead(ctx.db, before.host_id)) || (await onHost(ctx, before)) !== undefined;
}

/** What a router's host has of it. Throws when the host does not answer. */
async function onHost(
  ctx: Convergence,
  router: RouterRow,
): Promise<Inventory['routers'][number] | undefined> {
  const { routers } = await ctx.fleet.of(router.host_id).inventory();
  return routers.find(({ id }) => id === router.id);
}
