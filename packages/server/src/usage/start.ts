import type { Logger } from 'pino';
import { setting } from '../features/setting/value.ts';
import type { Db } from '../store/database.ts';
import { makeRecords } from './aggregate.ts';

const lookEvery = 60_000;

/** Makes usage records whenever their time is over, from now on; returns what stops it. */
export function startUsage(db: Db, log: Logger): () => Promise<void> {
  const look = async (): Promise<void> => {
    try {
      if ((await setting(db, 'enable.usage.server')) === 1)
        await makeRecords(db, { now: new Date(), partial: false });
    } catch (error) {
      log.error({ err: error }, 'usage records could not be made');
    }
  };
  let running = look();
  const timer = setInterval(() => {
    running = running.then(look);
  }, lookEvery);
  return () => {
    clearInterval(timer);
    return running;
  };
}
