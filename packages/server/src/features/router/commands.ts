import { IsolaError } from '@isola/model';
import type { Call, Handlers, Intent } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { pageOf } from '../../store/page.ts';
import type { JobRow, RowPatch } from '../../store/schema.ts';
import { raiseGeneration } from '../network/generation.ts';
import {
  beginCollection,
  beginDiagnostics,
  collectionOfJob,
  diagnosticsOfJob,
} from './diagnostics.ts';
import { filteredRouters } from './list.ts';
import { ownedRouter, type ShownRouter, selectRouters } from './repository.ts';
import { healthCheckResponse, type RouterEntity, routerResponse } from './response.ts';

export const routerCommands = {
  listRouters: {
    kind: 'sync',
    async run(call, params) {
      const query = await filteredRouters(call, params);
      const { count, rows } = await pageOf(call, query.orderBy('routers.seq'), params);
      const withChecks = params.fetchhealthcheckresults === true;
      return { count, items: rows.map(row => routerResponse(row, withChecks)) };
    },
  },

  startRouter: {
    kind: 'job',
    async begin(call, params) {
      const router = await ownedRouter(call, { parameter: 'id', id: params.id });
      requireStanding(router);
      if (router.state === 'Running') return change(call, router, () => ({}));
      return change(call, router, () => ({ desired_state: 'Running', state: 'Starting' }));
    },
    result: routerOfJob,
  },

  stopRouter: {
    kind: 'job',
    async begin(call, params) {
      const router = await ownedRouter(call, { parameter: 'id', id: params.id });
      requireStanding(router);
      if (router.state === 'Stopped')
        return change(call, router, () => ({ desired_state: 'Stopped' }));
      return change(call, router, () => ({ desired_state: 'Stopped', state: 'Stopping' }));
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
      return change(call, router, generation => ({ reboot_generation: generation }));
    },
    result: routerOfJob,
  },

  destroyRouter: {
    kind: 'job',
    async begin(call, params) {
      const router = await ownedRouter(call, { parameter: 'id', id: params.id });
      return change(call, router, () => ({ desired_state: 'Destroyed', state: 'Destroying' }));
    },
    result: routerOfJob,
  },

  runDiagnostics: { kind: 'job', begin: beginDiagnostics, result: diagnosticsOfJob },
  getDiagnosticsData: { kind: 'job', begin: beginCollection, result: collectionOfJob },

  getRouterHealthCheckResults: {
    kind: 'sync',
    async run(call, params) {
      const router = await ownedRouter(call, { parameter: 'routerid', id: params.routerid });
      const checks =
        params.performfreshchecks === true ? await freshChecks(call, router) : router.health_checks;
      return { routerid: router.id, healthchecks: checks.map(healthCheckResponse) };
    },
  },
} satisfies Partial<Handlers>;

/** Writes down what is asked of a router; its network's generation carries it. */
async function change(
  call: Call,
  router: ShownRouter,
  patch: (generation: number) => RowPatch<'routers'>,
): Promise<Intent> {
  const { network_id: networkId, id } = router;
  const generation = await raiseGeneration(call.tx, networkId);
  await call.tx
    .updateTable('routers')
    .set({ desired_state: router.desired_state, ...patch(generation) })
    .where('id', '=', id)
    .execute();
  return {
    object: { type: 'DomainRouter', id },
    waits: { kind: 'network', id: networkId, generation },
  };
}

function requireStanding(router: ShownRouter): void {
  if (router.desired_state !== 'Destroyed') return;
  throw new IsolaError('refused_value', { reason: `Router ${router.name} is being destroyed` });
}

async function freshChecks(call: Call, router: ShownRouter): Promise<ShownRouter['health_checks']> {
  const checks = [...(await call.healthChecks(router.id))];
  await call.tx
    .updateTable('routers')
    .set({ health_checks: JSON.stringify(checks), health_checked: new Date() })
    .where('id', '=', router.id)
    .execute();
  return checks;
}

async function routerOfJob(db: Db, job: JobRow): Promise<RouterEntity> {
  const id = job.object_id ?? '';
  const row = await selectRouters(db).where('routers.id', '=', id).executeTakeFirst();
  return row === undefined ? { id } : routerResponse(row, false);
}
