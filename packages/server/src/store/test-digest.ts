import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Columns that the periodic work writes. */
const periodic = [
  'health_checks',
  'health_checked',
  'load',
  'last_seen',
  'total_bytes',
  'used_bytes',
  'last_used',
];

/** Tables that only periodic work writes. */
const periodicTables = ['router_traffic', 'usage_periods', 'usage_records', 'management_servers'];

/** A digest of what each table holds, without what servers and hosts write by themselves. */
export async function digest(db: Db): Promise<Map<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public'
    and tablename <> all(${periodicTables}::text[]) order by 1`.execute(db);
  const digests = new Map<string, string>();
  for (const { name } of rows) {
    const { rows: found } = await sql<{ digest: string }>`
      select md5(coalesce(string_agg(md5(row), '' order by md5(row)), '')) as digest
      from (select (to_jsonb(t) - ${periodic}::text[])::text as row from ${sql.table(name)} t) rows`.execute(
      db,
    );
    digests.set(name, found[0]?.digest ?? '');
  }
  return digests;
}
