import type { HealthCheck, RouterReport } from '@isola/model';
import { sql } from 'kysely';
import { raiseAlert, resolveOldAlerts } from '../../events/alert.ts';
import { failsChecks } from '../../features/router/health.ts';
import { healthChecksOf } from '../../features/router/health-check-names.ts';
import { healthRules, judged } from '../../features/router/judge-health.ts';
import { setting, textSetting } from '../../features/setting/value.ts';
import { type Gate, gate } from '../../store/gate.ts';
import type { RouterRow } from '../../store/schema.ts';
import { type Reading, recordTraffic } from '../../usage/traffic.ts';
import type { Convergence } from '../convergence.ts';
import { isSilence } from '../failure.ts';
import { readingsOf } from './last-traffic.ts';
import { routerSilent } from './reachability.ts';
import { recordTrouble } from './router-trouble.ts';

/**
 * Asks every running router what it runs, and what it carried; one that differs from what was last applied is told to repair
 * itself. The alerts of those that do not differ, and fail no health check, are closed, once they have been open for the time
 * between two comparisons.
 */
export async function compareRouters(ctx: Convergence): Promise<void> {
  const interval = await setting(ctx.db, 'router.check.interval');
  const sentBefore = new Date(Date.now() - interval * 1000);
  const clean: string[] = [];
  const readings: Reading[] = [];
  const report = (router: Asked) => ctx.fleet.of(router.host_id).report(router.id);
  try {
    await askRouters(ctx, report, async (answers, turn) => {
      const current = await turn(() => currentFingerprints(ctx, idsOf(answers)));
      for (const { router, answer } of answers) {
        readings.push(...readingsOf(router.id, answer));
        if (current.get(router.id) === answer.fingerprint) clean.push(router.id);
        // It may have changed between the two: it is asked again, alone.
        else
          await unlessSilent(ctx, router, async () => {
            if (await isClean(ctx, router, await report(router))) clean.push(router.id);
          });
      }
    });
  } finally {
    await recordTraffic(ctx.db, readings);
  }
  await resolveOldAlerts(ctx.db, {
    name: 'ALERT.SERVICE.DOMAINROUTER',
    subjectIds: clean,
    sentBefore,
    // Asked of those alone that have an alert: what all routers said is much.
    unless: sql<boolean>`exists (select 1 from routers where routers.id = alerts.subject_id and ${failsChecks})`,
  });
}

/** Whether a router runs what was last applied. One that does not is repaired. */
async function isClean(ctx: Convergence, router: Asked, report: RouterReport): Promise<boolean> {
  const agent = ctx.fleet.of(router.host_id);
  const wanted = await currentFingerprint(ctx, router.id);
  if (wanted === null) return false;
  if (report.fingerprint === wanted) return true;
  ctx.log.warn({ router: router.name, report }, 'router runs another configuration');
  const repaired = await agent.resyncRouter(router.id);
  const expected = await currentFingerprint(ctx, router.id);
  if (expected === null || repaired.fingerprint === expected) return false;
  await raiseAlert(ctx.db, {
    name: 'ALERT.SERVICE.DOMAINROUTER',
    description: `Router ${router.name} differs from its configuration`,
    subjectId: router.id,
  });
  await askForWhole(ctx, router);
  return false;
}

type Kind = HealthCheck['type'];

/** Keeps what every running router's health checks of these kinds say, unless the operator wants none. What fails anew is told. */
export async function checkHealth(
  ctx: Convergence,
  kinds: readonly Kind[] = ['basic', 'advanced'],
): Promise<void> {
  if ((await setting(ctx.db, 'router.health.checks.enabled')) === 0) return;
  const checks = (router: Asked) => ctx.fleet.of(router.host_id).healthChecks(router.id);
  await askRouters(ctx, checks, (answers, turn) => turn(() => keepHealth(ctx, answers, kinds)));
}

async function keepHealth(
  ctx: Convergence,
  answers: readonly Answered<readonly HealthCheck[]>[],
  kinds: readonly Kind[],
): Promise<void> {
  const rows = await ctx.db
    .selectFrom('routers')
    .innerJoin('networks', 'networks.id', 'routers.network_id')
    .select(['routers.id', 'routers.health_checks', 'networks.zone_id'])
    .where(sql<boolean>`routers.id = any(${idsOf(answers)}::uuid[])`)
    .where('routers.state', '=', 'Running')
    .execute();
  const known = new Map(rows.map(row => [row.id, row]));
  const zones = rows.map(row => row.zone_id);
  const rulesOf = await healthRules(ctx.db, zones);
  const kept = answers.flatMap(({ router, answer }) => {
    const row = known.get(router.id);
    // It was replaced or stopped meanwhile: what it said is of no use.
    if (row === undefined) return [];
    const { zone_id, health_checks: before } = row;
    const told = judged(
      answer.filter(({ type }) => kinds.includes(type)),
      rulesOf(zone_id),
    );
    const others = before.filter(({ type }) => !kinds.includes(type));
    const order = ({ type }: HealthCheck): number => (type === 'basic' ? 0 : 1);
    const all = [...told, ...others].toSorted((a, b) => order(a) - order(b));
    return [{ router, told, before, all }];
  });
  await sql`update routers set health_checks = told.checks::jsonb, health_checked = now()
    from unnest(${kept.map(({ router }) => router.id)}::uuid[], ${kept.map(({ all }) => JSON.stringify(all))}::text[]) as told(id, checks)
    where routers.id = told.id`.execute(ctx.db);
  const replaced = healthChecksOf(
    await textSetting(ctx.db, 'router.health.checks.failures.to.recreate.vr'),
  );
  for (const { router, told, before } of kept) {
    const failing = failuresOf(told);
    const failed = failuresOf(before);
    if (failing.some(name => !failed.includes(name)))
      await recordTrouble(
        ctx,
        router,
        `Router ${router.name} has failing checks: ${failing.join(', ')}`,
      );
    if (failing.some(name => replaced.has(name))) await askForReplacement(ctx, router);
  }
}

const failuresOf = (checks: readonly HealthCheck[]): string[] =>
  checks.filter(({ success }) => !success).map(({ name }) => name);

/** What a round knows of a router. */
type Asked = Pick<RouterRow, 'id' | 'name' | 'host_id' | 'network_id'>;

/** Routers whose answers are taken together. */
const batch = 100;

interface Answered<T> {
  readonly router: Asked;
  readonly answer: T;
}

const idsOf = (answers: readonly Answered<unknown>[]): string[] =>
  answers.map(({ router }) => router.id);

/** Statements of one round at once: with many hosts they would have all connections, and lists would wait. */
const atOnce = 2;

/** Asks every running router, host by host beside one another: a slow host holds up none but its own. */
async function askRouters<T>(
  ctx: Convergence,
  ask: (router: Asked) => Promise<T>,
  take: (answers: readonly Answered<T>[], turn: Gate) => Promise<void>,
): Promise<void> {
  const turn = gate(atOnce);
  const rounds = ctx.fleet.connected().map(async hostId => {
    const routers = await turn(() => runningRouters(ctx, hostId));
    for (let at = 0; at < routers.length; at += batch)
      await askBatch(routers.slice(at, at + batch));
  });
  const failed = (await Promise.allSettled(rounds)).find(round => round.status === 'rejected');
  if (failed !== undefined) throw failed.reason;

  async function askBatch(routers: readonly Asked[]): Promise<void> {
    const answers: Answered<T>[] = [];
    for (const router of routers)
      await unlessSilent(ctx, router, async () => {
        answers.push({ router, answer: await ask(router) });
      });
    if (answers.length > 0) await take(answers, turn);
  }
}

/** A router that does not answer is noted as such. */
async function unlessSilent(
  ctx: Convergence,
  router: Asked,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isSilence(error)) throw error;
    await routerSilent(ctx.db, router, error.message);
  }
}

function runningRouters(ctx: Convergence, hostId: string): Promise<Asked[]> {
  return ctx.db
    .selectFrom('routers')
    .select(['id', 'name', 'host_id', 'network_id'])
    .where('host_id', '=', hostId)
    .where('state', '=', 'Running')
    .where('reachable', '=', true)
    .where('replaces', 'is', null)
    .orderBy('seq')
    .execute();
}

/** Of the routers that are to be compared now: they are there, and no change is on its way to them. */
async function currentFingerprints(
  ctx: Convergence,
  routerIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await ctx.db
    .selectFrom('routers')
    .innerJoin('networks', 'networks.id', 'routers.network_id')
    .select(['routers.id', 'routers.fingerprint'])
    .where(sql<boolean>`routers.id = any(${[...routerIds]}::uuid[])`)
    .where('routers.state', '=', 'Running')
    .whereRef('networks.generation', '=', 'networks.applied_generation')
    .execute();
  return new Map(rows.map(row => [row.id, row.fingerprint]));
}

async function currentFingerprint(ctx: Convergence, routerId: string): Promise<string | null> {
  return (await currentFingerprints(ctx, [routerId])).get(routerId) ?? null;
}

async function askForWhole(ctx: Convergence, router: Asked): Promise<void> {
  await ctx.db
    .updateTable('networks')
    .set(eb => ({
      generation: eb('generation', '+', 1),
      full_generation: eb('generation', '+', 1),
    }))
    .where('id', '=', router.network_id)
    .execute();
  ctx.wake('network', router.network_id);
}

/** As `restartNetwork cleanup=true`, unless the router is being replaced or a change is on its way to it. */
async function askForReplacement(ctx: Convergence, router: Asked): Promise<void> {
  const { numUpdatedRows } = await ctx.db
    .updateTable('networks')
    .set(eb => ({
      generation: eb('generation', '+', 1),
      replace_generation: eb('generation', '+', 1),
    }))
    .where('id', '=', router.network_id)
    .where('state', '=', 'Implemented')
    .whereRef('generation', '=', 'applied_generation')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await recordTrouble(ctx, router, `Router ${router.name} is replaced: a health check failed`);
  ctx.wake('network', router.network_id);
}
