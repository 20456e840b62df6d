import { IsolaError } from '@isola/model';
import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from './schema.ts';

interface Paging {
  readonly page?: number;
  readonly pagesize?: number;
}

export interface Page<Row> {
  /** Matching rows in all. */
  readonly count: number;
  readonly rows: Row[];
}

/**
 * One page of a list: `pagesize` rows (at most `maxPageSize`, which is also the default; -1 asks for the most, and a root
 * administrator's is answered by `http/whole-list.ts`) from page `page` (1 is the first). The query must have its order and neither limit nor grouping. Counts with a second query only when the page is full.
 * 431 for a page or size that cannot be.
 */
export async function pageOf<Tables extends keyof Database, Row>(
  call: { readonly maxPageSize: number },
  query: SelectQueryBuilder<Database, Tables, Row>,
  paging: Paging,
): Promise<Page<Row>> {
  const { size, offset } = windowOf(call, paging);
  const rows = await query.limit(size).offset(offset).execute();
  return { count: await countOf(query, { found: rows.length, size, offset }), rows };
}

interface Window {
  /** Rows that there are in the window. */
  readonly found: number;
  readonly size: number;
  readonly offset: number;
}

async function countOf<Tables extends keyof Database, Row>(
  query: SelectQueryBuilder<Database, Tables, Row>,
  { found, size, offset }: Window,
): Promise<number> {
  if (found < size && (found > 0 || offset === 0)) return offset + found;
  const { count } = await query
    .clearSelect()
    .clearOrderBy()
    .select(eb => eb.fn.countAll<number>().as('count'))
    .$castTo<{ count: number }>()
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * As `pageOf`, of a list that may be long, by the column `key` (`networks.id`) that names a row. Which rows a later page has is found out
 * without what the query selects and without its outer joins, so that those before the page cost nothing but the step over them.
 */
export async function longPageOf<Tables extends keyof Database, Row>(
  call: { readonly maxPageSize: number },
  {
    query,
    key,
  }: { readonly query: SelectQueryBuilder<Database, Tables, Row>; readonly key: string },
  paging: Paging,
): Promise<Page<Row>> {
  const { size, offset } = windowOf(call, paging);
  if (offset === 0) return await pageOf(call, query, paging);
  const column = sql.ref<string>(key);
  const found = await query
    .clearSelect()
    .select(column.as('key'))
    .limit(size)
    .offset(offset)
    .$castTo<{ key: string }>()
    .execute();
  const count = await countOf(query, { found: found.length, size, offset });
  if (found.length === 0) return { count, rows: [] };
  // By a list of keys: of one that it finds out itself PostgreSQL does not know how short it is, and reads the whole table.
  const keys = found.map(row => row.key);
  // Its conditions stay: a row may have changed hands since.
  const rows = await query.where(sql<SqlBool>`${column} = any(${keys}::uuid[])`).execute();
  return { count, rows };
}

/** As `pageOf`, of a list that is not in the database. */
export function pageOfList<Row>(
  call: { readonly maxPageSize: number },
  all: readonly Row[],
  paging: Paging,
): Page<Row> {
  const { size, offset } = windowOf(call, paging);
  return { count: all.length, rows: all.slice(offset, offset + size) };
}

/** How many rows a page has, and how many come before it. */
export function windowOf(
  call: { readonly maxPageSize: number },
  paging: Paging,
): { size: number; offset: number } {
  const size = pageSize(paging.pagesize, call.maxPageSize);
  const page = paging.page ?? 1;
  if (page < 1) throw refused(`page must be 1 or more, not ${page}`);
  return { size, offset: (page - 1) * size };
}

function pageSize(asked: number | undefined, max: number): number {
  if (asked === undefined || asked === -1) return max;
  if (asked < 1) throw refused(`pagesize must be 1 or more, not ${asked}`);
  if (asked > max)
    throw refused(`pagesize ${asked} exceeds the largest allowed, ${max} (default.page.size)`);
  return asked;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
