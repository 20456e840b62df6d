import { jobErrorTree } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Db } from '../store/database.ts';
import { refusalOf } from '../store/database-error.ts';
import type { JobRow } from '../store/schema.ts';
import type { JobResult, Jobs } from './complete.ts';
import { type Ending, endJob } from './end.ts';

/** Ends jobs for the convergers. `resultOf` computes the result of a job that succeeded. */
export function createJobs(options: { readonly resultOf: JobResult; readonly log: Logger }): Jobs {
  return {
    complete: (db, id, generation) =>
      inTransaction(db, async tx => {
        for (const job of await waiting(tx, id, generation))
          await endJob(tx, job, await outcome(tx, job, options));
      }),
    fail: (db, id, { generation, error }) =>
      inTransaction(db, async tx => {
        for (const job of await waiting(tx, id, generation)) await endJob(tx, job, failure(error));
      }),
  };
}

export function failure(error: IsolaError): Ending {
  return {
    kind: 'failure',
    code: error.status,
    reason: error.message,
    result: jobErrorTree(error),
  };
}

/** A result that cannot be computed (its object went meanwhile) fails the job, never the converger. */
async function outcome(
  tx: Db,
  job: JobRow,
  { resultOf, log }: Parameters<typeof createJobs>[0],
): Promise<Ending> {
  await sql`savepoint job_result`.execute(tx);
  try {
    const result = await resultOf(tx, job);
    await sql`release savepoint job_result`.execute(tx);
    return { kind: 'success', result };
  } catch (error) {
    await sql`rollback to savepoint job_result`.execute(tx);
    const known = error instanceof IsolaError ? error : refusalOf(error);
    if (known !== null) return failure(known);
    log.error({ err: error, reference: job.id, command: job.command }, 'job result failed');
    return failure(new IsolaError('internal', { reference: job.id }, error));
  }
}

function waiting(tx: Db, id: string, generation: number): Promise<JobRow[]> {
  return tx
    .selectFrom('jobs')
    .selectAll()
    .where('status', '=', 0)
    .where('waits_id', '=', id)
    .where('waits_generation', '<=', generation)
    .orderBy('seq')
    .forUpdate()
    .execute();
}

function inTransaction(db: Db, work: (tx: Db) => Promise<void>): Promise<void> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
