import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';

/** Service offerings with the names of the domains and zones they are limited to. */
export function selectServiceOfferings(db: Db) {
  return db
    .selectFrom('service_offerings')
    .selectAll('service_offerings')
    .select([
      sql<
        string[]
      >`array(select path from domains where domains.id = any(service_offerings.domain_ids) order by path)`.as(
        'domain_paths',
      ),
      sql<
        string[]
      >`array(select name from zones where zones.id = any(service_offerings.zone_ids) order by name)`.as(
        'zone_names',
      ),
    ]);
}
