import { type Expression, type SqlBool, sql } from 'kysely';
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

/** `where` clause: offerings that accounts of the domain at `path` may use. */
export function offeredTo(path: string): Expression<SqlBool> {
  return sql<SqlBool>`(service_offerings.domain_ids = '{}' or exists (select 1 from domains
    where domains.id = any(service_offerings.domain_ids)
      and (domains.path = ${path} or starts_with(${path}, domains.path || '/'))))`;
}
