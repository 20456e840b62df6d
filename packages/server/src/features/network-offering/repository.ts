import { type SelectQueryBuilder, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { Database, NetworkOfferingRow } from '../../store/schema.ts';

/** An offering with the names of the domains and zones it is limited to. */
export type OfferingWithPlaces = NetworkOfferingRow & {
  readonly domain_paths: string[];
  readonly zone_names: string[];
  /** Size of the router: the offering's own, else the system's. Clients such as libcloud read it unasked. */
  readonly router_offering_id: string;
};

type OfferingQuery = SelectQueryBuilder<Database, 'network_offerings', OfferingWithPlaces>;

/** All offerings; callers add conditions and order. */
export function selectOfferings(db: Db): OfferingQuery {
  return db
    .selectFrom('network_offerings')
    .selectAll('network_offerings')
    .select([
      sql<
        string[]
      >`array(select path from domains where domains.id = any(network_offerings.domain_ids) order by path)`.as(
        'domain_paths',
      ),
      sql<
        string[]
      >`array(select name from zones where zones.id = any(network_offerings.zone_ids) order by name)`.as(
        'zone_names',
      ),
      sql<string>`coalesce(network_offerings.service_offering_id,
        (select id from service_offerings where is_system and is_default order by seq limit 1))`.as(
        'router_offering_id',
      ),
    ]);
}

/** Whether networks use the offering. */
export async function isUsed(db: Db, offeringId: string): Promise<boolean> {
  const used = await db
    .selectFrom('networks')
    .select('id')
    .where('offering_id', '=', offeringId)
    .limit(1)
    .executeTakeFirst();
  return used !== undefined;
}
