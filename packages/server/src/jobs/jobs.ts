import { jobErrorTree } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Db } from '../store/database.ts';
import { refusalOf } from '../store/database-error.ts';
import type { JobRow } from '../store/schema.ts';
import type { JobResult, Jobs } from './complete.ts';
import { type EndedJob, type Ending, endJobs } from './end.ts';

/** Ends jobs for the convergers. `resultOf` computes the result of a job that succeeded. */
export function createJobs(options: { readonly resultOf: JobResult; readonly log: Logger }): Jobs {
  return {
    complete: (db, id, generation) =>
      inTransaction(db, async tx =>
        endJobs(tx, await outcomes(tx, await waiting(tx, id, generation), options)),
      ),
    fail: (db, id, failed) => inTransaction(db, tx => failJobs(tx, id, failed)),
  };
}

/** As `Jobs.fail`, in a command's own transaction. */
export async function failJobs(
  tx: Db,
  id: string,
  { generation, error }: Parameters<Jobs['fail']>[2],
): Promise<void> {
  const jobs = await waiting(tx, id, generation);
  await endJobs(
    tx,
    jobs.map(job => ({ job, ending: failure(error) })),
  );
}

export function failure(error: IsolaError): Ending {
  return {
    kind: 'failure',
    code: error.status,
    reason: error.message,
    result: jobErrorTree(error),
  };
}

/** A result that cannot be computed (its object went meanwhile) fails its job, never the converger. */
async function outcomes(
  tx: Db,
  jobs: readonly JobRow[],
  options: Parameters<typeof createJobs>[0],
): Promise<EndedJob[]> {
  if (jobs.length === 0) return [];
  const ended: EndedJob[] = [];
  await sql`savepoint job_results`.execute(tx);
  for (const job of jobs) ended.push({ job, ending: await outcome(tx, job, options) });
  await sql`release savepoint job_results`.execute(tx);
  return ended;
}

/** Results are only read, so that a failure undoes nothing of the jobs before. */
async function outcome(
  tx: Db,
  job: JobRow,
  { resultOf, log }: Parameters<typeof createJobs>[0],
): Promise<Ending> {
  try {
    return { kind: 'success', result: await resultOf(tx, job) };
  } catch (error) {
    await sql`rollback to savepoint job_results`.execute(tx);
    const known = error instanceof IsolaError ? error : refusalOf(error);
    if (known !== null) return failure(known);
    log.error({ err: error, reference: job.id, command: job.command }, 'job result failed');
    return failure(new IsolaError('internal', { reference: job.id }, error));
  }
}

function waiting(tx: Db, id: string, generation: number): Promise<JobRow[]> {
  return (
    tx
      .selectFrom('jobs')
      .selectAll()
      // Literally, as the index has it: the plan that is kept can use it.
      .where('status', '=', sql.lit(0))
      .where('waits_id', '=', id)
      .where('waits_generation', '<=', generation)
      .orderBy('seq')
      .execute()
  );
}

function inTransaction(db: Db, work: (tx: Db) => Promise<void>): Promise<void> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
