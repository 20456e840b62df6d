import {
  Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPoolClient,
  type PostgresQueryResult,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';
import { statementNames } from './statement-names.ts';

/** A connection pool or a transaction: what a repository works on. */
export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

const int8 = 20;
// Counters and sequence numbers stay below 2^53.
pg.types.setTypeParser(int8, Number);

/**
 * Plans are kept, and made when tables may still be nearly empty: without these a plan that reads a whole table stays in use
 * while the table grows, until the next analysis.
 */
const planning = '-c enable_seqscan=off -c jit=off';

/** Opens a pool on a PostgreSQL server. `url` as in `DATABASE_URL`; a Unix socket's folder goes into `host=`. */
export function openDatabase(url: string): { db: Db; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, max: 12, options: planning, pipeline: true });
  const nameOf = statementNames();
  const dialect = new PostgresDialect({
    pool: {
      connect: async () => naming(await pool.connect(), nameOf),
      end: () => pool.end(),
    },
  });
  return { db: new Kysely<Database>({ dialect }), pool };
}

/**
 * The connection, with frequent statements sent by name, and those that only open a transaction or a savepoint sent along with
 * the statement that follows: a way to the server and back costs both more than most statements.
 */
function naming(
  client: pg.PoolClient,
  nameOf: (text: string) => string | undefined,
): PostgresPoolClient {
  let outdated = false;
  let held: string[] = [];
  function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new TypeError('results are read whole');
    // A statement without values needs no plan worth keeping.
    const name = values.length === 0 ? undefined : nameOf(text);
    if (opening.test(text)) {
      held.push(text);
      return Promise.resolve({ command: 'SELECT', rowCount: 0, rows: [] });
    }
    const before = held;
    held = [];
    const { stream } = client.connection;
    stream.cork();
    const sent = before.map(one => client.query(one));
    const answer = client.query<R & pg.QueryResultRow>({
      text,
      values: [...values],
      ...(name === undefined ? {} : { name }),
    });
    stream.uncork();
    return Promise.all([answer, ...sent]).then(
      ([{ command, rowCount, rows }]) => ({
        command: writing.find(one => one === command) ?? 'SELECT',
        rowCount: rowCount ?? 0,
        rows,
      }),
      (error: unknown) => {
        // The plan is of a table that another server has migrated since.
        if (error instanceof pg.DatabaseError && error.code === '0A000') outdated = true;
        throw error;
      },
    );
  }
  return { query, release: () => client.release(outdated) };
}

/** Statements that give nothing, and fail only where the next one fails too. */
const opening = /^(?:begin|start transaction|savepoint|release savepoint)\b/;

/** Commands of which Kysely tells how many rows they changed. */
const writing = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'] as const;
