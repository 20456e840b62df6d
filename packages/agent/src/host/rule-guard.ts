import type { Host } from '../host-state.ts';
import { filterPorts, filterTables, portsExist } from '../links/ports.ts';
import { run } from '../process/run.ts';
import type { AgentOptions } from './options.ts';
import { protectHost } from './prepare.ts';

const intervalMs = 2_000;

/** Runs a task while nothing else is done with the instance. */
type InOrder = (instanceId: string, task: () => Promise<void>) => Promise<void>;

/**
 * Puts back the host's protection and the filters of its ports when somebody removed them: a firewall service of the
 * host often begins with `flush ruleset`, which takes everybody's.
 */
export class RuleGuard {
  readonly #host: Host;
  readonly #options: AgentOptions;
  readonly #inOrder: InOrder;
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  /** The tables when nothing was missing: while they are the same, nothing is. */
  #complete = '';

  constructor(host: Host, options: AgentOptions, inOrder: InOrder) {
    this.#host = host;
    this.#options = options;
    this.#inOrder = inOrder;
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const tables = await listTables();
      if (tables.join() === this.#complete) return;
      await this.#repair(tables);
      this.#complete = tables.join();
    } catch (error) {
      this.#host.logger.error({ err: error }, "the host's rules could not be put back");
    } finally {
      this.#looking = false;
    }
  }

  async #repair(tables: readonly string[]): Promise<void> {
    const { names, instances, logger } = this.#host;
    if (!tables.includes(`inet ${names.filterTable}`)) {
      await protectHost(this.#options);
      logger.warn("the host's protection was removed and is back");
    }
    for (const id of await instances.list()) {
      const instance = await instances.read(id);
      if (instance === null) continue;
      const ports = { names, instanceId: id, nics: instance.spec.nics };
      const complete = (there: readonly string[]): boolean =>
        filterTables(ports).every(table => there.includes(table));
      if (complete(tables)) continue;
      await this.#inOrder(id, async () => {
        // One that was just starting has its filters now; one that does not run has no ports.
        if (complete(await listTables()) || !(await portsExist(ports))) return;
        await filterPorts(ports);
        logger.warn({ id, name: instance.spec.name }, "a port's filter was removed and is back");
      });
    }
  }
}

/** Tables of this network namespace: `inet isola_0a1b2c`. */
async function listTables(): Promise<readonly string[]> {
  const lines = await run('nft', ['list', 'tables']);
  return lines.split('\n').map(line => line.replace(/^table /, ''));
}
