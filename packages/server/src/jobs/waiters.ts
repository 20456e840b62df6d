import { IsolaError } from '@isola/model';
import type pg from 'pg';
import type { Logger } from 'pino';
import { httpLimits } from '../http/limits.ts';
import type { Db } from '../store/database.ts';
import type { JobRow } from '../store/schema.ts';
import { endedJobs } from './end.ts';

/** Waits for jobs that this or another server ends. */
export interface JobWaiters {
  /** The job when it has ended. Throws `resource_unavailable` when it takes too long or the server stops; the job goes on. */
  ended(jobId: string): Promise<JobRow>;
  /** Ends all waits. */
  close(): void;
}

const pollMilliseconds = 2_000;

/** Listens on a connection of its own; looks by itself every two seconds too, should that one be lost. */
export async function jobWaiters(options: {
  readonly db: Db;
  readonly pool: pg.Pool;
  readonly log: Logger;
}): Promise<JobWaiters> {
  const { db, pool, log } = options;
  const pokes = new Map<string, Set<() => void>>();
  let closed = false;
  let client: pg.PoolClient | null = null;

  const listen = async (): Promise<void> => {
    const connection = await pool.connect();
    const drop = (): void => {
      if (client !== connection) return;
      client = null;
      connection.release(true);
    };
    client = connection;
    if (closed) return drop();
    connection.on('notification', ({ payload }) => {
      for (const poke of pokes.get(payload ?? '') ?? []) poke();
    });
    connection.on('error', error => {
      if (client !== connection) return;
      log.warn({ err: error }, 'job notifications lost; polling until they are back');
      drop();
      listenLater();
    });
    await connection.query(`listen ${endedJobs}`).catch((error: unknown) => {
      drop();
      throw error;
    });
  };
  const listenLater = (): void => {
    const again = (): void => void listen().catch(listenLater);
    setTimeout(again, pollMilliseconds).unref();
  };
  await listen();

  const poked = (jobId: string, milliseconds: number): Promise<void> =>
    new Promise(resolve => {
      const waiting = pokes.get(jobId) ?? new Set();
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(done);
        if (waiting.size === 0) pokes.delete(jobId);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      waiting.add(done);
      pokes.set(jobId, waiting);
    });

  return {
    async ended(jobId) {
      const deadline = Date.now() + httpLimits.awaitTimeout;
      while (!closed && Date.now() < deadline) {
        // The wait begins before the look, so that no end between the two is missed.
        const next = poked(jobId, pollMilliseconds);
        const job = await db
          .selectFrom('jobs')
          .selectAll()
          .where('id', '=', jobId)
          .executeTakeFirst();
        if (job !== undefined && job.status !== 0) {
          for (const poke of pokes.get(jobId) ?? []) poke();
          return job;
        }
        await next;
      }
      throw new IsolaError('resource_unavailable', {
        reason: `the change is accepted and not applied yet; see job ${jobId}`,
      });
    },
    close() {
      closed = true;
      for (const waiting of pokes.values()) for (const poke of waiting) poke();
      client?.release(true);
      client = null;
    },
  };
}
