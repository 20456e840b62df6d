/** Work with the same key runs one after the other, in this process. */
export interface KeyedLocks {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Does nothing, and gives `false`, while other work with the key runs. */
  tryRun(key: string, work: () => Promise<void>): Promise<boolean>;
  /** Runs `work` as that of those of the keys with which nothing runs; it is told which they are. */
  runFree(keys: readonly string[], work: (free: readonly string[]) => Promise<void>): Promise<void>;
}

export function keyedLocks(): KeyedLocks {
  const tails = new Map<string, Promise<unknown>>();

  async function run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = tails.get(key);
    const turn = before === undefined ? work() : before.then(work, work);
    tails.set(key, turn);
    try {
      return await turn;
    } finally {
      if (tails.get(key) === turn) tails.delete(key);
    }
  }

  return {
    run,
    async tryRun(key, work) {
      if (tails.has(key)) return false;
      await run(key, work);
      return true;
    },
    async runFree(keys, work) {
      const free = keys.filter(key => !tails.has(key));
      const turn = work(free);
      for (const key of free) tails.set(key, turn);
      try {
        await turn;
      } finally {
        for (const key of free) if (tails.get(key) === turn) tails.delete(key);
      }
    },
  };
}
