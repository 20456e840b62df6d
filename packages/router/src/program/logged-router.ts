import type { Drift, RouterConfig, RouterDelta, RouterReport } from '@isola/model';
import type { Router } from '../applier/router.ts';
import type { ConfigStore } from '../persistence/config-store.ts';
import type { CappedLog } from './capped-log.ts';

interface Dependencies {
  readonly router: Router;
  readonly store: ConfigStore;
  /** Everything, and the summary. */
  readonly cloudLog: CappedLog;
  readonly routerLog: CappedLog;
  readonly onInstalled: () => void;
}

/** The router with what surrounds an apply: it is logged, and the configuration is kept on disk. */
export class LoggedRouter {
  readonly #with: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#with = dependencies;
  }

  async apply(config: RouterConfig): Promise<RouterReport> {
    const { router, store } = this.#with;
    const report = await this.#logged(`generation ${config.generation}`, () =>
      router.apply(config),
    );
    await store.keep(config);
    this.#with.onInstalled();
    return report;
  }

  async applyDelta(delta: RouterDelta): Promise<RouterReport | null> {
    const { router, store, cloudLog } = this.#with;
    const title = `generation ${delta.from} to ${delta.generation}`;
    const report = await this.#logged(title, () => router.applyDelta(delta));
    if (report === null) {
      const reason =
        router.index?.generation === delta.from
          ? 'checksum mismatch'
          : `installed is generation ${router.report().generation}`;
      cloudLog.write('WARN', `${title}: ${reason}, the whole configuration is needed`);
      return null;
    }
    if (await store.append(delta)) this.#fold();
    return report;
  }

  async resync(): Promise<RouterReport> {
    return this.#logged('resync', () => this.#with.router.resync());
  }

  logDrift({ subject, detail, repaired }: Drift): void {
    const text = `drift: ${subject}: ${detail}${repaired ? ', repaired' : ''}`;
    this.#with.cloudLog.write(repaired ? 'WARN' : 'ERROR', text);
    this.#with.routerLog.write(repaired ? 'WARN' : 'ERROR', text);
  }

  /** Puts the journal into the whole file when nothing else is to be done. */
  #fold(): void {
    setImmediate(() => {
      const { index } = this.#with.router;
      if (index === null) return;
      this.#with.store
        .fold(() => index.toConfig())
        .catch((error: unknown) => {
          this.#with.cloudLog.write('ERROR', `configuration not kept: ${String(error)}`);
        });
    });
  }

  async #logged<R extends RouterReport | null>(title: string, work: () => Promise<R>): Promise<R> {
    const { router, cloudLog, routerLog } = this.#with;
    const before = router.report();
    const start = performance.now();
    try {
      const report = await work();
      if (report === null) return report;
      const after = report.counters;
      const change = (name: 'elementsWritten' | 'chainsRebuilt' | 'filesWritten' | 'flowsCut') =>
        after[name] - before.counters[name];
      const took = (performance.now() - start).toFixed(1);
      cloudLog.write(
        'INFO',
        `apply ${title}: ok, elements ${change('elementsWritten')}, chains ${change('chainsRebuilt')}, files ${change('filesWritten')}, connections ended ${change('flowsCut')}, ${took} ms`,
      );
      if (router.mismatches.size === 0) {
        routerLog.write('INFO', `${title}: ok`);
      } else {
        for (const [subject, detail] of router.mismatches) {
          cloudLog.write('ERROR', `${title}: checksum mismatch: ${subject}: ${detail}`);
          routerLog.write('ERROR', `${title}: checksum mismatch: ${subject}`);
        }
      }
      return report;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      cloudLog.write('ERROR', `${title}: failed to apply: ${reason}`);
      routerLog.write('ERROR', `${title}: failed to apply`);
      throw error;
    }
  }
}
