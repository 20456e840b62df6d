import type { ParamsOf, ResultOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, namedOwner, unknownId, visibleDomain } from '../../access/access.ts';
import { ownedBy } from '../../access/owned-by.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { withIds } from '../zone/repository.ts';
import { dedicateVlans } from './dedicate.ts';
import { listTags } from './list.ts';

export const guestVlanCommands = {
  dedicateGuestVlanRange: {
    kind: 'sync',
    async run(call, params) {
      const id = await dedicateVlans(call, params);
      const row = await selectDedicated(call.tx)
        .where('dedicated_vlan_ranges.id', '=', id)
        .executeTakeFirstOrThrow();
      return dedicatedResponse(row);
    },
  },

  listDedicatedGuestVlanRanges: {
    kind: 'sync',
    async run(call, params) {
      let query = selectDedicated(call.tx).orderBy('dedicated_vlan_ranges.seq');
      for (const filter of await dedicatedFilters(call, params)) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(dedicatedResponse) };
    },
  },

  releaseDedicatedGuestVlanRange: {
    kind: 'job',
    async begin(call, { id }) {
      const row = await call.tx
        .deleteFrom('dedicated_vlan_ranges')
        .where(identified(id))
        .returning('id')
        .executeTakeFirst();
      if (row === undefined) throw unknownId(call, { parameter: 'id', id });
      return { object: { type: 'GuestVlan', id: row.id }, waits: null };
    },
    result: () => Promise.resolve({ success: true }),
  },

  listGuestVlans: {
    kind: 'sync',
    run: (call, params) => listTags(call, params),
  },
} satisfies Partial<Handlers>;

/** First and last tag as text. */
const rangeText = sql<string>`case when first_tag = last_tag then first_tag::text else first_tag || '-' || last_tag end`;

function selectDedicated(db: Db) {
  return db
    .selectFrom('dedicated_vlan_ranges')
    .innerJoin(
      'physical_networks',
      'physical_networks.id',
      'dedicated_vlan_ranges.physical_network_id',
    )
    .innerJoin('zones', 'zones.id', 'physical_networks.zone_id')
    .innerJoin('accounts', 'accounts.id', 'dedicated_vlan_ranges.account_id')
    .innerJoin('domains', 'domains.id', 'dedicated_vlan_ranges.domain_id')
    .selectAll('dedicated_vlan_ranges')
    .select([
      rangeText.as('range'),
      'physical_networks.seq as physical_seq',
      'zones.seq as zone_seq',
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
    ]);
}

type Dedicated = Awaited<ReturnType<ReturnType<typeof selectDedicated>['executeTakeFirstOrThrow']>>;

function dedicatedResponse(
  row: Dedicated,
): ResultOf<'listDedicatedGuestVlanRanges'>['items'][number] {
  return {
    id: row.id,
    guestvlanrange: row.range,
    physicalnetworkid: row.physical_seq,
    zoneid: row.zone_seq,
    ...ownedBy(row),
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
  };
}

async function dedicatedFilters(
  call: Call,
  params: ParamsOf<'listDedicatedGuestVlanRanges'>,
): Promise<Expression<SqlBool>[]> {
  const filters = withIds({ physical_networks: params.physicalnetworkid, zones: params.zoneid });
  if (params.id !== undefined) filters.push(identified(params.id, 'dedicated_vlan_ranges'));
  if (params.guestvlanrange !== undefined)
    filters.push(sql<SqlBool>`${rangeText} = ${params.guestvlanrange}`);
  if (params.keyword !== undefined) filters.push(containing('accounts.name', params.keyword));
  if (params.account !== undefined || params.projectid !== undefined) {
    const { account } = await namedOwner(call, params);
    filters.push(sql<SqlBool>`dedicated_vlan_ranges.account_id = ${account.id}`);
  } else if (params.domainid !== undefined) {
    const domain = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    filters.push(sql<SqlBool>`dedicated_vlan_ranges.domain_id = ${domain.id}`);
  }
  return filters;
}
