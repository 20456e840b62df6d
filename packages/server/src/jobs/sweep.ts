import type { Logger } from 'pino';
import { deleteIdleSessions } from '../features/session/repository.ts';
import { setting } from '../features/setting/value.ts';
import type { Db } from '../store/database.ts';
import { dropOrphans } from '../webhooks/thin-out.ts';

/** Removes records of jobs, sessions, events and alerts whose time is over. */
export async function sweep(db: Db, now: Date): Promise<void> {
  const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
  const expired = minutesAgo(await setting(db, 'job.expire.minutes'));
  await db
    .deleteFrom('jobs')
    .where('status', '!=', 0)
    // By the index of lists: what has ended was created before.
    .where('created', '<', expired)
    .where('completed', '<', expired)
    .execute();
  await deleteIdleSessions(db, minutesAgo(await setting(db, 'session.timeout')));
  const daysAgo = (days: number): Date => minutesAgo(days * 1440);
  const eventDays = await setting(db, 'event.purge.delay');
  if (eventDays > 0)
    await db.deleteFrom('events').where('created', '<', daysAgo(eventDays)).execute();
  const alertDays = await setting(db, 'alert.purge.delay');
  if (alertDays > 0) await db.deleteFrom('alerts').where('sent', '<', daysAgo(alertDays)).execute();
  await dropOrphans(db);
}

const sweepInterval = 600_000;

/** Sweeps every ten minutes; returns what stops it. */
export function startSweeping(db: Db, log: Logger): () => Promise<void> {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = sweep(db, new Date()).catch((error: unknown) => {
      log.error({ err: error }, 'sweeping failed');
    });
  }, sweepInterval);
  return () => {
    clearInterval(timer);
    return running;
  };
}
