import type { ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId, visibleDomain } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { JobRow } from '../../store/schema.ts';
import { moveRouter, resizeRouter, upgradeRouter } from './change.ts';
import { routerOfJob } from './job-answer.ts';
import { isOutdated } from './outdated.ts';
import { selectRouters } from './repository.ts';
import { type RouterEntity, routerResponse } from './response.ts';

/** Routers as CloudStack's commands for system VMs see them. There are no other system VMs. */
export const systemVmCommands = {
  changeServiceForRouter: {
    kind: 'sync',
    async run(call, params) {
      await resizeRouter(call, params, false);
      return shownRouter(call.tx, params.id);
    },
  },

  changeServiceForSystemVm: {
    kind: 'sync',
    async run(call, params) {
      await resizeRouter(call, params, false);
      return systemVm(await shownRouter(call.tx, params.id));
    },
  },

  scaleSystemVm: {
    kind: 'job',
    begin: (call, params) => resizeRouter(call, params, true),
    result: systemVmOfJob,
  },

  migrateSystemVm: { kind: 'job', begin: moveRouter, result: systemVmOfJob },

  upgradeRouterTemplate: {
    kind: 'sync',
    async run(call, params) {
      let query = selectRouters(call.tx)
        .where('routers.state', '=', 'Running')
        .where('routers.desired_state', '=', 'Running')
        .orderBy('routers.network_id');
      const { id, clusterid, podid, zoneid, domainid, account } = params;
      if ([id, clusterid, podid, zoneid, domainid].every(one => one === undefined))
        throw new IsolaError('refused_value', {
          reason: 'Give id, clusterid, podid, zoneid, or domainid with or without account',
        });
      for (const [value, table] of [
        [id, 'routers'],
        [clusterid, 'clusters'],
        [podid, 'pods'],
        [zoneid, 'zones'],
      ] as const)
        if (value !== undefined) query = query.where(identified(value, table));
      if (domainid !== undefined) {
        const domain = await visibleDomain(call, { parameter: 'domainid', id: domainid });
        query = query.where('domains.id', '=', domain.id);
      }
      if (account !== undefined) query = query.where('accounts.name', '=', account);
      const routers = await query.execute();
      if (id !== undefined && routers.length === 0) throw unknownId(call, { parameter: 'id', id });
      const jobs: string[] = [];
      for (const router of routers)
        if (isOutdated(router)) jobs.push(await upgradeRouter(call, router));
      return { count: jobs.length, items: jobs.map(jobid => ({ jobid })) };
    },
  },
} satisfies Partial<Handlers>;

async function shownRouter(db: Db, id: string): Promise<RouterEntity> {
  const row = await selectRouters(db).where(identified(id, 'routers')).executeTakeFirstOrThrow();
  return routerResponse(row, false);
}

async function systemVmOfJob(db: Db, job: JobRow): Promise<ResultOf<'migrateSystemVm'>> {
  return systemVm(await routerOfJob(db, job));
}

/** Of a router's answer, what the answers of system VMs declare is shown. */
function systemVm(router: RouterEntity): ResultOf<'migrateSystemVm'> {
  return { ...router, systemvmtype: 'domainrouter' };
}
