import { httpLimits } from '../http/limits.ts';
import type { Db, Tx } from './database.ts';
import { isLostRace } from './database-error.ts';

/** Runs `work` in a transaction (read committed), again when it loses against another one, a bounded number of times. */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt >= httpLimits.transactionAttempts || !isLostRace(error)) throw error;
    }
  }
}
