import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import { longPageOf } from '../../store/page.ts';
import { setting } from '../setting/value.ts';
import { changeRouter, requireStanding } from './change.ts';
import {
  beginCollection,
  beginDiagnostics,
  collectionOfJob,
  diagnosticsOfJob,
} from './diagnostics.ts';
import { healthOf } from './health.ts';
import { routerOfJob } from './job-answer.ts';
import { healthRules, judged } from './judge-health.ts';
import { filteredRouters } from './list.ts';
import { ownedRouter, type ShownRouter } from './repository.ts';
import { healthCheckResponse, routerResponse } from './response.ts';

export const routerCommands = {
  listRouters: {
    kind: 'sync',
    async run(call, params) {
      const query = await filteredRouters(call, params);
      const { count, rows } = await longPageOf(
        call,
        { query: query.orderBy('routers.seq'), key: 'routers.id' },
        params,
      );
      const withChecks = params.fetchhealthcheckresults === true;
      return { count, items: rows.map(row => routerResponse(row, withChecks)) };
    },
  },

  startRouter: {
    kind: 'job',
    async begin(call, params) {
      const router = await ownedRouter(call, { parameter: 'id', id: params.id });
      requireStanding(router);
      if (router.state === 'Running') return changeRouter(call, router, () => ({}));
      return changeRouter(call, router, () => ({ desired_state: 'Running', state: 'Starting' }));
    },
    result: routerOfJob,
  },

  stopRouter: {
    kind: 'job',
    async begin(call, params) {
      const router = await ownedRouter(call, { parameter: 'id', id: params.id });
      requireStanding(router);
      if (router.state === 'Stopped')
        return changeRouter(call, router, () => ({ desired_state: 'Stopped' }));
      return changeRouter(call, router, () => ({ desired_state: 'Stopped', state: 'Stopping' }));
    },
    result: routerOfJob,
  },

  rebootRouter: {
    kind: 'job',
    async begin(call, params) {
      const router = await ownedRouter(call, { parameter: 'id', id: params.id });
      requireStanding(router);
      if (router.state !== 'Running')
        throw new IsolaError('refused_value', {
          reason: `Unable to reboot router ${router.name}: it is ${router.state}`,
        });
      return changeRouter(call, router, generation => ({ reboot_generation: generation }));
    },
    result: routerOfJob,
  },

  destroyRouter: {
    kind: 'job',
    async begin(call, params) {
      const router = await ownedRouter(call, { parameter: 'id', id: params.id });
      return changeRouter(call, router, () => ({
        desired_state: 'Destroyed',
        state: 'Destroying',
      }));
    },
    result: routerOfJob,
  },

  runDiagnostics: { kind: 'job', begin: beginDiagnostics, result: diagnosticsOfJob },
  getDiagnosticsData: { kind: 'job', begin: beginCollection, result: collectionOfJob },

  getRouterHealthCheckResults: {
    kind: 'sync',
    async run(call, params) {
      const router = await ownedRouter(call, { parameter: 'routerid', id: params.routerid });
      const now = params.performfreshchecks === true ? await freshlyChecked(call, router) : router;
      return { routerid: router.id, healthchecks: healthOf(now).map(healthCheckResponse) };
    },
  },
} satisfies Partial<Handlers>;

async function freshlyChecked(call: Call, router: ShownRouter): Promise<ShownRouter> {
  if ((await setting(call.tx, 'router.health.checks.enabled')) === 0)
    throw new IsolaError('refused_value', {
      reason: 'Health checks are not enabled: router.health.checks.enabled is false',
    });
  const rules = await healthRules(call.tx, [router.zone_id]);
  const checks = judged(await call.healthChecks(router.id), rules(router.zone_id));
  const checked = new Date();
  await call.tx
    .updateTable('routers')
    .set({ health_checks: JSON.stringify(checks), health_checked: checked })
    .where('id', '=', router.id)
    .execute();
  return { ...router, reachable: true, health_checks: checks, health_checked: checked };
}
