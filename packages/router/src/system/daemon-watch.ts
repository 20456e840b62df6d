import type { Services } from './services.ts';

/** Services that remember their process ids, and so notice daemons that ended behind our back. */
export class DaemonWatch implements Services {
  readonly #services: Services;
  readonly #pids = new Map<string, number>();

  constructor(services: Services) {
    this.#services = services;
  }

  pid(name: string): Promise<number | null> {
    return this.#services.pid(name);
  }

  up(name: string): Promise<void> {
    return this.#services.up(name);
  }

  down(name: string): Promise<void> {
    this.#pids.delete(name);
    return this.#services.down(name);
  }

  restart(name: string): Promise<void> {
    this.#pids.delete(name);
    return this.#services.restart(name);
  }

  reload(name: string): Promise<void> {
    return this.#services.reload(name);
  }

  /** Has these run. Gives those that did not, or that are another process than the last time. */
  async compare(names: readonly string[]): Promise<{ name: string; detail: string }[]> {
    const found: { name: string; detail: string }[] = [];
    for (const name of names) {
      const known = this.#pids.get(name);
      let pid = await this.#services.pid(name);
      if (pid === null) {
        await this.#services.up(name);
        pid = await this.#services.pid(name);
        const detail = known === undefined ? 'started' : `process ${known} ended; started again`;
        found.push({ name, detail });
      } else if (known !== undefined && known !== pid) {
        found.push({ name, detail: `process ${known} ended; ${pid} runs` });
      }
      if (pid !== null) this.#pids.set(name, pid);
    }
    return found;
  }
}
