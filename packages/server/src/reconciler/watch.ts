import { setting } from '../features/setting/value.ts';
import { compareHost } from './compare-host.ts';
import type { Convergence } from './convergence.ts';
import { expungeDestroyed } from './instance/expunge.ts';
import { collectIdleNetworks } from './network/idle.ts';
import { checkHealth, compareRouters } from './network/watch-routers.ts';
import { noteLost, noteStopped } from './stopped.ts';

/** The periodic work of the reconciler; each can be done at once, too. */
export interface Watch {
  start(): void;
  /** The comparison of a server that takes over: what should run, and was lost while nobody watched, is started again. */
  readonly takeOver: () => Promise<void>;
  /** Strays on the host go, what should run and does not is started, links are taken into the rows. */
  readonly compareHost: () => Promise<void>;
  /** Every running router is asked what it runs. */
  readonly compareRouters: () => Promise<void>;
  readonly checkHealth: () => Promise<void>;
  readonly collectIdleNetworks: () => Promise<void>;
  readonly expungeDestroyed: () => Promise<void>;
  close(): Promise<void>;
}

const minute = 60_000;
const lookEvery = 1000;

export function startWatch(ctx: Convergence): Watch {
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let closed = false;

  /** Does `work` again and again, `interval` milliseconds after it ended. A changed interval counts from the next look on. */
  function repeat(name: string, work: () => Promise<void>, interval: () => Promise<number>): void {
    let ended = performance.now();
    const look = async (): Promise<void> => {
      try {
        if (performance.now() - ended < (await interval())) return;
        await work();
      } catch (error) {
        ctx.log.error({ err: error }, `${name} failed`);
      }
      ended = performance.now();
    };
    const next = (): void => {
      if (closed) return;
      const timer = setTimeout(() => {
        const round = look().finally(() => {
          running.delete(round);
          next();
        });
        running.add(round);
      }, lookEvery);
      timers.set(name, timer);
    };
    next();
  }

  // Nothing was watched until the host has been compared once.
  let missing = noteStopped;
  async function compare(): Promise<void> {
    await compareHost(ctx, missing);
    missing = noteStopped;
  }

  const watch: Watch = {
    takeOver() {
      missing = noteLost;
      return compare();
    },
    compareHost: compare,
    compareRouters: () => compareRouters(ctx),
    checkHealth: () => checkHealth(ctx),
    collectIdleNetworks: () => collectIdleNetworks(ctx),
    expungeDestroyed: () => expungeDestroyed(ctx),
    start() {
      const seconds = (name: 'network.gc.interval' | 'expunge.interval') => async () =>
        (await setting(ctx.db, name)) * 1000;
      repeat('comparison with the host', watch.compareHost, () => Promise.resolve(minute));
      repeat(
        'comparison with routers',
        watch.compareRouters,
        async () => (await setting(ctx.db, 'router.check.interval')) * 1000,
      );
      repeat(
        'health checks',
        watch.checkHealth,
        async () => (await setting(ctx.db, 'router.health.checks.basic.interval')) * minute,
      );
      repeat(
        'collection of idle networks',
        watch.collectIdleNetworks,
        seconds('network.gc.interval'),
      );
      repeat('expunging', watch.expungeDestroyed, seconds('expunge.interval'));
    },
    async close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
  return watch;
}
