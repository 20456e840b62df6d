const intervalMs = 500;

/**
 * Notices when a watched instance runs no more. It asks for the list of all that runs instead of waiting to be told:
 * one cheap call, and the same one after the daemon was away.
 */
export class Watcher {
  readonly #watched = new Map<string, symbol>();
  readonly #running: () => Promise<ReadonlySet<string>>;
  readonly #onGone: (id: string) => void;
  readonly #timer: NodeJS.Timeout;
  #looking = false;

  /** `running` gives the ids of all that runs; while it throws, nothing is known and nothing is told. */
  constructor(running: () => Promise<ReadonlySet<string>>, onGone: (id: string) => void) {
    this.#running = running;
    this.#onGone = onGone;
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    this.#timer.unref();
  }

  watch(id: string): void {
    this.#watched.set(id, Symbol());
  }

  unwatch(id: string): void {
    this.#watched.delete(id);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#watched.size === 0) return;
    this.#looking = true;
    try {
      // Those that are watched from now on may have started after the list was made.
      const before = [...this.#watched];
      const running = await this.#running();
      for (const [id, watch] of before) {
        if (running.has(id) || this.#watched.get(id) !== watch) continue;
        this.#watched.delete(id);
        this.#onGone(id);
      }
    } catch {
      // The daemon is away.
    } finally {
      this.#looking = false;
    }
  }
}
