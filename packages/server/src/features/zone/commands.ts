import type { ParamsOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { zoneMtus } from '../network/mtu.ts';
import { podResponse } from './pod-response.ts';
import { selectClusters, selectPods, selectZones, withIds, withTexts } from './repository.ts';
import { zoneResponse } from './zone-response.ts';

const empty = { count: 0, items: [] };

export const zoneCommands = {
  listZones: {
    kind: 'sync',
    async run(call, params) {
      let query = selectZones(call.tx).orderBy('zones.seq');
      for (const filter of await zoneFilters(call, params)) query = query.where(filter);
      if (other(params.networktype, 'Advanced')) return empty;
      const { count, rows } = await pageOf(call, query, params);
      const administrator = call.caller.account.role === 'Root Admin';
      const items = rows.map(async zone =>
        zoneResponse(zone, await zoneMtus(call.tx, zone.id), administrator),
      );
      return { count, items: await Promise.all(items) };
    },
  },

  listPods: {
    kind: 'sync',
    async run(call, params) {
      let query = selectPods(call.tx).orderBy('pods.seq');
      const filters = [
        ...withIds({ pods: params.id, zones: params.zoneid }),
        ...withTexts({ 'pods.name': params.name, 'pods.allocation_state': params.allocationstate }),
        ...named('pods.name', params.keyword),
      ];
      for (const filter of filters) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(podResponse) };
    },
  },

  listHypervisors: {
    kind: 'sync',
    async run(call, params) {
      let query = selectClusters(call.tx);
      for (const filter of withIds({ zones: params.zoneid })) query = query.where(filter);
      const rows = await query.execute();
      const names = [...new Set(rows.map(row => row.hypervisor))].toSorted();
      return { count: names.length, items: names.map(name => ({ name })) };
    },
  },
} satisfies Partial<Handlers>;

async function zoneFilters(
  call: Call,
  params: ParamsOf<'listZones'>,
): Promise<Expression<SqlBool>[]> {
  // Every zone is open to every domain; naming one still needs the right to.
  if (params.domainid !== undefined)
    await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  const filters = [
    ...withIds({ zones: params.id }),
    ...withTexts({ 'zones.name': params.name }),
    ...named('zones.name', params.keyword),
  ];
  const { ids } = params;
  if (ids !== undefined) {
    const clauses = ids.map(id => identified(id, 'zones'));
    filters.push(
      clauses.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`(${sql.join(clauses, sql` or `)})`,
    );
  }
  const { account } = call.caller;
  if (account.role !== 'Root Admin') filters.push(sql<SqlBool>`zones.allocation_state = 'Enabled'`);
  // CloudStack's `available=false`: only zones in which the caller has instances.
  if (params.available === false)
    filters.push(
      sql<SqlBool>`exists (select 1 from instances where instances.zone_id = zones.id and instances.account_id = ${account.id})`,
    );
  return filters;
}

function named(column: string, keyword: string | undefined): Expression<SqlBool>[] {
  return keyword === undefined ? [] : [containing(column, keyword)];
}

/** Whether something was asked for that is not the one there is. */
function other(asked: string | undefined, only: string): boolean {
  return asked !== undefined && asked.toLowerCase() !== only.toLowerCase();
}
