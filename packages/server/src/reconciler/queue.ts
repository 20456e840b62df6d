/** Runs one piece of work per key at a time, a bounded number of keys at once. */
export interface KeyedQueue {
  /** Runs `key` soon. While it runs already: once more afterwards. A pending `later` of it is forgotten. */
  wake(key: string): void;
  /** Runs `key` after `milliseconds`, unless it is woken before. */
  later(key: string, milliseconds: number): void;
  /** Resolves when nothing runs or waits for its turn; what `later` holds back does not count. */
  idle(): Promise<void>;
  /** Starts nothing more and resolves when what runs has ended. */
  close(): Promise<void>;
}

interface QueueOptions {
  /** Keys that run at once. */
  readonly limit: number;
  /** Must not reject. */
  readonly run: (key: string) => Promise<void>;
}

export function createKeyedQueue({ limit, run }: QueueOptions): KeyedQueue {
  const waiting = new Set<string>();
  const running = new Map<string, { again: boolean }>();
  const timers = new Map<string, NodeJS.Timeout>();
  let idleListeners: (() => void)[] = [];
  let closed = false;

  function wake(key: string): void {
    if (closed) return;
    clearTimeout(timers.get(key));
    timers.delete(key);
    const current = running.get(key);
    if (current !== undefined) current.again = true;
    else {
      waiting.add(key);
      startNext();
    }
  }

  function startNext(): void {
    for (const key of waiting) {
      if (running.size >= limit) return;
      waiting.delete(key);
      const state = { again: false };
      running.set(key, state);
      void run(key).finally(() => {
        running.delete(key);
        if (state.again && !closed) waiting.add(key);
        startNext();
        announceIdle();
      });
    }
  }

  const isIdle = () => running.size === 0 && waiting.size === 0;

  function announceIdle(): void {
    if (!isIdle()) return;
    const listeners = idleListeners;
    idleListeners = [];
    for (const listener of listeners) listener();
  }

  function idle(): Promise<void> {
    if (isIdle()) return Promise.resolve();
    return new Promise(resolve => idleListeners.push(resolve));
  }

  return {
    wake,
    later(key, milliseconds) {
      if (closed || waiting.has(key) || running.get(key)?.again === true) return;
      clearTimeout(timers.get(key));
      timers.set(
        key,
        setTimeout(() => wake(key), milliseconds),
      );
    },
    idle,
    close() {
      closed = true;
      waiting.clear();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      return idle();
    },
  };
}
