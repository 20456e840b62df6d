import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

/** A connection pool or a transaction: what a repository works on. */
export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

const int8 = 20;
// Counters and sequence numbers stay below 2^53.
pg.types.setTypeParser(int8, Number);

/** Opens a pool on a PostgreSQL server. `url` as in `DATABASE_URL`; a Unix socket's folder goes into `host=`. */
export function openDatabase(url: string): { db: Db; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  return { db: new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }), pool };
}
