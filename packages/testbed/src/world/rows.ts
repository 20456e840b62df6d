import { join } from 'node:path';
import { run } from './exec.ts';

/** Tables that keep history on purpose. */
const history = new Set([
  'jobs',
  'events',
  'alerts',
  'sessions',
  'router_traffic',
  'usage_periods',
  'usage_records',
  'usage_traffic',
  'kysely_migration',
  'kysely_migration_lock',
]);

/** Rows of every table of a home's private database, but for history. Addresses are counted by state. */
export async function rowCounts(home: string): Promise<Record<string, number>> {
  const tables = (
    await query(home, "select tablename from pg_tables where schemaname = 'public'")
  ).filter(table => !history.has(table));
  const counts: Record<string, number> = {};
  for (const table of tables)
    counts[table] = Number((await query(home, `select count(*) from ${table}`))[0]);
  counts['allocated addresses'] = Number(
    (
      await query(
        home,
        "select count(*) from public_addresses where state <> 'Free' or network_id is not null",
      )
    )[0],
  );
  return counts;
}

/** Runs SQL on a home's private database: one line a row. */
export async function query(home: string, sql: string): Promise<string[]> {
  const out = await run([
    'psql',
    '-h',
    join(home, 'run/postgres'),
    '-U',
    'isola',
    '-d',
    'isola',
    '-AtX',
    '-c',
    sql,
  ]);
  return out.split('\n').filter(line => line !== '');
}
