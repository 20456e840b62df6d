import type { RouterConfig, RouterReport } from '@isola/model';
import { resolveAlerts } from '../../events/alert.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { onLivingHost, requireLivingHostAnswers } from '../host/living.ts';
import { remembered } from './apply.ts';
import { bootRouter, readyHost } from './boot.ts';
import { confirmed } from './confirm.ts';
import type { NetworkFacts } from './facts.ts';
import { noteLastTraffic } from './last-traffic.ts';
import { routerAnswered } from './reachability.ts';
import { recordApplied } from './record.ts';
import { leaveUnusableHost, placeSuccessor } from './router-host.ts';
import { insertRouter } from './router-row.ts';
import { deleteRouter } from './routers.ts';

/** Puts a new router in the place of `previous`, which hands over its connections as far as it still can, or of none. */
export async function replaceRouter(
  ctx: Convergence,
  { network, routers }: NetworkFacts,
  previous: RouterRow | undefined,
): Promise<void> {
  const made = successorOf(routers, previous);
  const next = await ctx.db
    .transaction()
    .execute(tx =>
      made === undefined
        ? makeSuccessor(tx, { network, previous })
        : leaveUnusableHost(tx, network, made),
    );
  ctx.fault('network.replace.reserved');
  const { config, report } = await takeOver(ctx, { network, previous, next });
  ctx.fault('network.replace.swapped');
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
    await resolveAlerts(tx, 'ALERT.SERVICE.DOMAINROUTER', next.id);
    await recordApplied(ctx, tx, { network, generation });
  });
  if (previous !== undefined) ctx.compiled.forget(previous.id);
  ctx.fault('network.replace.recorded');
  if (previous !== undefined) await ctx.segments.leave(previous.host_id, [network.id]);
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
  wanted: { network: NetworkRow; previous: RouterRow | undefined },
): Promise<RouterRow> {
  const { network, previous } = wanted;
  const { services } = await tx
    .selectFrom('network_offerings')
    .select('services')
    .where('id', '=', network.offering_id)
    .executeTakeFirstOrThrow();
  return insertRouter(tx, {
    network,
    ...(await placeSuccessor(tx, network, previous)),
    hasPublicSide: services.SourceNat !== undefined,
    replaces: previous ?? null,
  });
}

interface Takeover {
  readonly network: NetworkRow;
  readonly previous: RouterRow | undefined;
  readonly next: RouterRow;
}

interface TakenOver {
  readonly config: RouterConfig;
  readonly report: RouterReport;
}

/**
 * On one host the two swap in one step. Between hosts the new one is up before the old one goes; it has the same addresses and
 * MACs, and takes up connections that it sees in their middle.
 */
async function takeOver(
  ctx: Convergence,
  { network, previous, next }: Takeover,
): Promise<TakenOver> {
  const agent = ctx.fleet.of(next.host_id);
  if (previous?.host_id === next.host_id) {
    const { spec, config } = await readyHost(ctx, network, next);
    await noteLastTraffic(ctx, previous);
    return { config, report: await agent.replaceRouter(previous.id, spec, config) };
  }
  // Two would serve the network if the old one could not be stopped.
  if (previous !== undefined) await requireLivingHostAnswers(ctx, previous.host_id);
  const config = await bootRouter(ctx, network, next);
  ctx.fault('network.replace.started');
  const report = await agent.applyConfig(next.id, config);
  ctx.fault('network.replace.applied');
  if (previous !== undefined) {
    await noteLastTraffic(ctx, previous);
    await onLivingHost(ctx, previous.host_id, old => old.destroyRouter(previous.id));
  }
  return { config, report };
}
