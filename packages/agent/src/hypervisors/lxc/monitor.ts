import { readFile } from 'node:fs/promises';

interface Watched {
  readonly pid: number;
  readonly startTime: string;
}

const intervalMs = 500;

/** Notices when the init process of a watched instance is gone. */
export class Monitor {
  readonly #watched = new Map<string, Watched>();
  readonly #onGone: (id: string) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(onGone: (id: string) => void) {
    this.#onGone = onGone;
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    this.#timer.unref();
  }

  /** Watches the instance by its init's process id; one that is gone already is told of at the next look. */
  async watch(id: string, pid: number): Promise<void> {
    this.#watched.set(id, { pid, startTime: (await startTimeOf(pid)) ?? '' });
  }

  /** Call it before stopping an instance on purpose. */
  unwatch(id: string): void {
    this.#watched.delete(id);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for (const [id, watched] of this.#watched) {
      if ((await startTimeOf(watched.pid)) === watched.startTime) continue;
      if (this.#watched.get(id) !== watched) continue;
      this.#watched.delete(id);
      this.#onGone(id);
    }
  }
}

/** When a process started, in ticks since boot: tells it from a later one of the same id. `null` when it is gone or dead. */
async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The program's name may hold anything, also spaces and parentheses; fields go on after the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}
