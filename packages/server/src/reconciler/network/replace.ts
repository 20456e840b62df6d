import type { RouterSpec } from '@isola/agent-protocol';
import type { RouterConfig, RouterReport } from '@isola/model';
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
import { deleteRouter } from './routers.ts';
import { readSegment } from './segment.ts';
import { systemTemplate } from './system-template.ts';

/** Puts a new router in the place of `previous`, which hands over its connections as far as it still can, or of none. */
export async function replaceRouter(
  ctx: Convergence,
  { network, routers }: NetworkFacts,
  previous: RouterRow | undefined,
): Promise<void> {
  const next =
    successorOf(routers, previous) ??
    (await ctx.db.transaction().execute(tx => makeSuccessor(tx, { network, previous })));
  ctx.fault('network.replace.reserved');
  const segment = await readSegment(ctx.db, network);
  await ctx.agent.ensureSegment(segment);
  const config = await compileNetwork(ctx.db, network.id, next);
  const spec = routerSpec(next, await readSurroundings(ctx.db, network, segment));
  const report = await takeOver(ctx, { previous, spec, config });
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
    await recordApplied(ctx, tx, { network, generation });
  });
  if (previous !== undefined) ctx.compiled.forget(previous.id);
  ctx.fault('network.replace.recorded');
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
    hostId: previous?.host_id ?? (await hostOf(tx, network.zone_id)),
    hasPublicSide: services.SourceNat !== undefined,
    template: await systemTemplate(tx, network.zone_id),
    replaces: previous ?? null,
  });
}

interface Takeover {
  readonly previous: RouterRow | undefined;
  readonly spec: RouterSpec;
  readonly config: RouterConfig;
}

async function takeOver(
  { agent, fault }: Convergence,
  { previous, spec, config }: Takeover,
): Promise<RouterReport> {
  if (previous !== undefined) return agent.replaceRouter(previous.id, spec, config);
  await agent.startRouter(spec, config);
  fault('network.replace.started');
  return agent.applyConfig(spec.id, config);
}
