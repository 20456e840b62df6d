import type { ParamsOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { hostCapacities } from '../capacity/host-capacity.ts';
import { capacityResponse } from '../capacity/response.ts';
import { zoneCapacities } from '../capacity/zone-capacity.ts';
import { zoneMtus } from '../network/mtu.ts';
import { createZone } from './create.ts';
import { removeZone } from './remove.ts';
import { selectClusters, selectZones, withIds, withTexts } from './repository.ts';
import { updateZone } from './update.ts';
import { openTo, seenBy } from './usable.ts';
import { type ShownZone, type ZoneEntity, zoneResponse } from './zone-response.ts';

const empty = { count: 0, items: [] };

export const zoneCommands = {
  listZones: {
    kind: 'sync',
    async run(call, params) {
      let query = selectZones(call.tx).orderBy('zones.sort_key', 'desc').orderBy('zones.seq');
      for (const filter of await zoneFilters(call, params)) query = query.where(filter);
      if (other(params.networktype, 'Advanced')) return empty;
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: await shownZones(call, rows, params.showcapacities === true) };
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

  createZone: {
    kind: 'sync',
    run: async (call, params) => showZone(call, (await createZone(call, params)).id),
  },

  updateZone: {
    kind: 'sync',
    run: async (call, params) => showZone(call, await updateZone(call, params)),
  },

  deleteZone: {
    kind: 'sync',
    async run(call, params) {
      await removeZone(call, params.id);
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

async function showZone(call: Call, id: string): Promise<ZoneEntity> {
  const zone = await selectZones(call.tx).where('zones.id', '=', id).executeTakeFirstOrThrow();
  const [shown = {}] = await shownZones(call, [zone], false);
  return shown;
}

async function shownZones(
  call: Call,
  rows: readonly ShownZone[],
  withCapacities: boolean,
): Promise<ZoneEntity[]> {
  const administrator = call.caller.account.role === 'Root Admin';
  const capacities =
    withCapacities && administrator
      ? [await hostCapacities(call.tx, 'zone_id'), await zoneCapacities(call.tx)]
      : null;
  const shown: ZoneEntity[] = [];
  for (const zone of rows) {
    const place = { zoneid: zone.id, zonename: zone.name };
    const capacity = capacities?.flatMap(of => of.get(zone.id) ?? []);
    shown.push(
      zoneResponse(zone, {
        mtus: await zoneMtus(call.tx, zone.id),
        administrator,
        ...(capacity === undefined
          ? {}
          : { capacity: capacity.map(one => capacityResponse(one, place)) }),
      }),
    );
  }
  return shown;
}

async function zoneFilters(
  call: Call,
  params: ParamsOf<'listZones'>,
): Promise<Expression<SqlBool>[]> {
  const filters = [
    seenBy(call.caller),
    ...withIds({ zones: params.id }),
    ...withTexts({ 'zones.name': params.name }),
    ...named('zones.name', params.keyword),
  ];
  if (params.domainid !== undefined) {
    const domain = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    filters.push(openTo(domain));
  }
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
