import type { RouterReport } from '@isola/model';
import { raiseAlert, resolveOldAlerts } from '../../events/alert.ts';
import { setting } from '../../features/setting/value.ts';
import type { RouterRow } from '../../store/schema.ts';
import { type Reading, recordTraffic } from '../../usage/traffic.ts';
import type { Convergence } from '../convergence.ts';
import { isSilence } from '../failure.ts';
import { readingsOf } from './last-traffic.ts';
import { routerSilent } from './reachability.ts';

/**
 * Asks every running router what it runs, and what it carried; one that differs from what was last applied is told to repair
 * itself. The alerts of those that do not differ are closed, once they have been open for the time between two comparisons.
 */
export async function compareRouters(ctx: Convergence): Promise<void> {
  const interval = await setting(ctx.db, 'router.check.interval');
  const sentBefore = new Date(Date.now() - interval * 1000);
  const clean: string[] = [];
  const readings: Reading[] = [];
  try {
    await eachRouter(ctx, async router => {
      const report = await ctx.fleet.of(router.host_id).report(router.id);
      readings.push(...readingsOf(router.id, report));
      if (await isClean(ctx, router, report)) clean.push(router.id);
    });
  } finally {
    await recordTraffic(ctx.db, readings);
  }
  await resolveOldAlerts(ctx.db, {
    name: 'ALERT.SERVICE.DOMAINROUTER',
    subjectIds: clean,
    sentBefore,
  });
}

/** Whether a router runs what was last applied. One that does not is repaired. */
async function isClean(
  ctx: Convergence,
  router: RouterRow,
  report: RouterReport,
): Promise<boolean> {
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

/** Keeps what every running router's health checks say. */
export function checkHealth(ctx: Convergence): Promise<void> {
  return eachRouter(ctx, router => refreshHealth(ctx, router));
}

/** Does `work` with every running router, host by host beside one another: a slow host holds up none but its own. */
async function eachRouter(
  ctx: Convergence,
  work: (router: RouterRow) => Promise<void>,
): Promise<void> {
  const connected = new Set(ctx.fleet.connected());
  const routers = (await runningRouters(ctx)).filter(router => connected.has(router.host_id));
  const hosts = new Set(routers.map(router => router.host_id));
  const rounds = [...hosts].map(async hostId => {
    for (const router of routers) {
      if (router.host_id !== hostId) continue;
      try {
        await work(router);
      } catch (error) {
        if (!isSilence(error)) throw error;
        await routerSilent(ctx.db, router, error.message);
      }
    }
  });
  const failed = (await Promise.allSettled(rounds)).find(round => round.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Asks a router for its health checks and keeps them. Throws `resource_unavailable`. */
async function refreshHealth(
  { fleet, db }: Pick<Convergence, 'fleet' | 'db'>,
  router: RouterRow,
): Promise<void> {
  const checks = await fleet.of(router.host_id).healthChecks(router.id);
  await db
    .updateTable('routers')
    .set({ health_checks: JSON.stringify(checks), health_checked: new Date() })
    .where('id', '=', router.id)
    .execute();
}

function runningRouters(ctx: Convergence): Promise<RouterRow[]> {
  return ctx.db
    .selectFrom('routers')
    .selectAll()
    .where('state', '=', 'Running')
    .where('reachable', '=', true)
    .where('replaces', 'is', null)
    .orderBy('seq')
    .execute();
}

/** `null` when the router is not to be compared now: it has gone, or a change is on its way to it. */
async function currentFingerprint(ctx: Convergence, routerId: string): Promise<string | null> {
  const row = await ctx.db
    .selectFrom('routers')
    .innerJoin('networks', 'networks.id', 'routers.network_id')
    .select(['routers.fingerprint', 'networks.generation', 'networks.applied_generation'])
    .where('routers.id', '=', routerId)
    .where('routers.state', '=', 'Running')
    .executeTakeFirst();
  return row !== undefined && row.generation === row.applied_generation ? row.fingerprint : null;
}

async function askForWhole(ctx: Convergence, router: RouterRow): Promise<void> {
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
