import { httpLimits } from '../http/limits.ts';
import type { Db, Tx } from './database.ts';
import { isLostRace } from './database-error.ts';
import { type Gate, gate } from './gate.ts';

const gates = new WeakMap<Db, Gate>();

/**
 * Runs `work` in a transaction (read committed), again when it loses against another one, a bounded number of times. Only some
 * run at once: changes of one network wait for each other, and must not do so on all connections of the pool.
 */
export function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const turn = gates.get(db) ?? gate(httpLimits.transactions);
  gates.set(db, turn);
  return turn(() => untilWon(db, work));
}

async function untilWon<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt >= httpLimits.transactionAttempts || !isLostRace(error)) throw error;
    }
  }
}
