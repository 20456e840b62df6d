import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, listScope, scopeClause, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { withIds } from '../zone/repository.ts';
import { removeRange, updateRange } from './change.ts';
import { createRange } from './create.ts';
import { askedOwner, dedicateRange } from './dedicate.ts';
import { publicNetworkId } from './public-network.ts';
import { lockRange, selectRanges } from './repository.ts';
import { rangeResponse, showRange } from './response.ts';

export const publicRangeCommands = {
  listVlanIpRanges: {
    kind: 'sync',
    async run(call, params) {
      // No range belongs to a pod, and none is for anything but public traffic.
      if (params.podid !== undefined || params.forvirtualnetwork === false)
        return { count: 0, items: [] };
      let query = selectRanges(call.tx);
      for (const filter of await filtersOf(call, params)) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(rangeResponse) };
    },
  },

  createVlanIpRange: {
    kind: 'sync',
    run: async (call, params) => showRange(call.tx, (await createRange(call, params)).id),
  },

  updateVlanIpRange: {
    kind: 'sync',
    run: async (call, params) => showRange(call.tx, await updateRange(call, params)),
  },

  deleteVlanIpRange: {
    kind: 'sync',
    async run(call, params) {
      await removeRange(call, params.id);
      return { success: true };
    },
  },

  dedicatePublicIpRange: {
    kind: 'sync',
    async run(call, params) {
      const range = await lockRange(call, params.id);
      await dedicateRange(call, range, await askedOwner(call, params));
      return showRange(call.tx, range.id);
    },
  },

  releasePublicIpRange: {
    kind: 'sync',
    async run(call, params) {
      const range = await lockRange(call, params.id);
      if (range.account_id === null && range.domain_id === null)
        throw new IsolaError('refused_value', {
          reason: `The public addresses ${range.first_address}-${range.last_address} are not set aside`,
        });
      await call.tx
        .updateTable('public_ranges')
        .set({ account_id: null, domain_id: null })
        .where('id', '=', range.id)
        .execute();
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

async function filtersOf(
  call: Call,
  params: ParamsOf<'listVlanIpRanges'>,
): Promise<Expression<SqlBool>[]> {
  const filters = withIds({ zones: params.zoneid, physical_networks: params.physicalnetworkid });
  if (params.id !== undefined) filters.push(identified(params.id, 'public_ranges'));
  if (params.vlan !== undefined)
    filters.push(
      sql<SqlBool>`lower(public_ranges.vlan) = lower(${params.vlan.replace(/^vlan:\/\//i, '')})`,
    );
  if (params.keyword !== undefined)
    filters.push(
      sql<SqlBool>`(${containing('public_ranges.vlan', params.keyword)} or ${containing('public_ranges.first_address', params.keyword)})`,
    );
  if (params.networkid !== undefined) {
    const zones = await call.tx.selectFrom('zones').select('id').execute();
    const zone = zones.find(({ id }) => publicNetworkId(id) === params.networkid?.toLowerCase());
    filters.push(sql<SqlBool>`public_ranges.zone_id = ${zone?.id ?? null}`);
  }
  if (params.account !== undefined || params.projectid !== undefined)
    // Its row may be of an account or project that is locked or suspended.
    filters.push(
      scopeClause(await listScope(call, params), {
        account: sql.ref('public_ranges.account_id'),
        domain: sql.ref('accounts.domain_id'),
      }),
    );
  else if (params.domainid !== undefined) {
    const { id } = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    filters.push(sql<SqlBool>`public_ranges.domain_id = ${id}`);
  }
  return filters;
}
