/** Work with the same key runs one after the other, in this process. */
export interface KeyedLocks {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Does nothing, and gives `false`, while other work with the key runs. */
  tryRun(key: string, work: () => Promise<void>): Promise<boolean>;
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
  };
}
