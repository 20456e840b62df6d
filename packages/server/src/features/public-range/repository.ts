import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { PublicRangeRow } from '../../store/schema.ts';

/** Ranges with the account and domain that they are set aside for. */
export function selectRanges(db: Db) {
  return db
    .selectFrom('public_ranges')
    .innerJoin('zones', 'zones.id', 'public_ranges.zone_id')
    .innerJoin('physical_networks', 'physical_networks.id', 'public_ranges.physical_network_id')
    .leftJoin('accounts', 'accounts.id', 'public_ranges.account_id')
    .leftJoin('domains', join =>
      join.on(eb =>
        eb('domains.id', '=', eb.fn.coalesce('accounts.domain_id', 'public_ranges.domain_id')),
      ),
    )
    .selectAll('public_ranges')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.id as owner_domain_id',
      'domains.name as domain',
      'domains.path as domain_path',
    ])
    .orderBy('public_ranges.seq');
}

/** The range's row, locked for a change. 431 when there is none of that id. */
export async function lockRange(call: Call, id: string): Promise<PublicRangeRow> {
  const range = await call.tx
    .selectFrom('public_ranges')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (range === undefined) throw unknownId(call, { parameter: 'id', id });
  return range;
}
