import type { Convergence } from '../convergence.ts';
import { asFailure, isPermanent, isSilence, type Trouble } from '../failure.ts';
import { type AppliedNetwork, applyChanges, resync } from './apply.ts';
import { destroyNetwork } from './destroy.ts';
import { type NetworkFacts, readNetwork } from './facts.ts';
import { failImplementation, failOverdueJobs } from './fail.ts';
import { implementNetwork } from './implement.ts';
import { stopMuteRouter } from './mute-router.ts';
import { type NetworkStep, planNetwork } from './plan.ts';
import { routerSilent } from './reachability.ts';
import { recordUnchanged } from './record.ts';
import { replaceRouter } from './replace.ts';
import { removeRouter, startRouter, stopRouter } from './routers.ts';
import { shutdownNetwork } from './shutdown.ts';

/** Takes step after step until the network is as it was asked to be. Throws what a step threw. */
export async function convergeNetwork(ctx: Convergence, id: string): Promise<void> {
  let known: NetworkFacts | undefined;
  for (;;) {
    const facts: NetworkFacts | undefined = known ?? (await readNetwork(ctx.db, id));
    if (facts === undefined) return;
    const step = planNetwork(facts);
    if (step.kind === 'rest') return;
    ctx.log.debug({ network: id, step: step.kind }, 'network step');
    known = await take(ctx, facts, step);
  }
}

/** Takes the step. Gives what it left, where that needs not be read: what changed beside it wakes the network again. */
async function take(
  ctx: Convergence,
  facts: NetworkFacts,
  step: NetworkStep,
): Promise<NetworkFacts | undefined> {
  const { network } = facts;
  if (step.kind === 'resync') return left(facts, await resync(ctx, network, step.router));
  if (step.kind === 'apply') return left(facts, await applyChanges(ctx, network, step.router));
  await takeOther(ctx, facts, step);
  return undefined;
}

function left(facts: NetworkFacts, { network, router }: AppliedNetwork): NetworkFacts | undefined {
  // Whether one that is to go is empty has not been looked at.
  if (network.desired_state === 'Destroyed') return undefined;
  const routers = facts.routers.map(one => (one.id === router.id ? router : one));
  return { ...facts, network, routers };
}

async function takeOther(
  ctx: Convergence,
  facts: NetworkFacts,
  step: Exclude<NetworkStep, { readonly kind: 'resync' | 'apply' }>,
): Promise<void> {
  const { network } = facts;
  switch (step.kind) {
    case 'rest':
      return;
    case 'implement':
      return implementNetwork(ctx, network.id);
    case 'shutdown':
      return shutdownNetwork(ctx, facts);
    case 'destroy':
      return destroyNetwork(ctx, network);
    case 'record':
      return recordUnchanged(ctx, network, 'network.record.recorded');
    case 'replace-router':
      return replaceRouter(ctx, facts, step.router);
    case 'remove-router':
      return removeRouter(ctx, facts, step.router);
    case 'stop-router':
      return stopRouter(ctx, network, step.router);
    case 'start-router':
      return startRouter(ctx, network, step.router);
  }
}

/** What follows a step that failed, beside its repetition. */
export async function networkTrouble(
  ctx: Convergence,
  id: string,
  { error, patience, since }: Trouble,
): Promise<void> {
  const facts = await readNetwork(ctx.db, id);
  if (facts === undefined) return;
  const step = planNetwork(facts);
  const hopeless = isPermanent(error);
  if (step.kind === 'implement' && (hopeless || since >= patience.jobs)) {
    await failImplementation(ctx, id, asFailure(error));
    ctx.wake('network', id);
    return;
  }
  if ((step.kind === 'apply' || step.kind === 'resync') && isSilence(error))
    await routerSilent(ctx.db, step.router, error.message);
  await stopMuteRouter(ctx, { facts, step }, { error, patience });
  await failOverdueJobs(ctx, id, {
    error: asFailure(error),
    patience: hopeless ? 0 : patience.jobs,
  });
}
