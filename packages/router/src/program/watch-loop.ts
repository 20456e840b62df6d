/** Shortest time between two looks, in milliseconds. */
const LEAST_PAUSE = 2000;
/** A look may take this part of the time, */
const SHARE = 0.02;
/** but none is later than this many milliseconds, however long they take. */
const LONGEST_PAUSE = 20_000;

/**
 * Does `work` over and over, pausing so long that it takes about two hundredths of the time, but twenty seconds at most.
 * `soon` has it done in a moment.
 */
export class WatchLoop {
  readonly #work: () => Promise<void>;
  #timer: NodeJS.Timeout | null = null;
  #stopped = true;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  start(): void {
    this.#stopped = false;
    this.#after(LEAST_PAUSE);
  }

  /** Looks after `pause` milliseconds instead. */
  soon(pause: number): void {
    if (!this.#stopped) this.#after(pause);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #after(pause: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), pause);
  }

  async #look(): Promise<void> {
    const start = performance.now();
    await this.#work();
    const took = performance.now() - start;
    if (!this.#stopped) this.#after(pauseAfter(took));
  }
}

/** Milliseconds until the next look after one that took `took`. */
export function pauseAfter(took: number): number {
  return Math.min(LONGEST_PAUSE, Math.max(LEAST_PAUSE, took / SHARE));
}
