import type { HealthCheck } from '@isola/model';
import { finishRemovals } from '../features/account/removal.ts';
import { setting } from '../features/setting/value.ts';
import { transact } from '../store/transaction.ts';
import type { Convergence } from './convergence.ts';
import { compareHost } from './host/compare.ts';
import { becomeUp } from './host/connection.ts';
import { takeFromDead } from './host/lost.ts';
import { createNeighbours } from './host/neighbours.ts';
import { watchAbsent } from './host/states.ts';
import { expungeDestroyed } from './instance/expunge.ts';
import { collectIdleNetworks } from './network/idle.ts';
import { checkHealth, compareRouters } from './network/watch-routers.ts';
import { noteLost, noteStopped } from './stopped.ts';

/** The periodic work of the reconciler; each can be done at once, too. */
export interface Watch {
  start(): void;
  /** The comparisons of a server that takes over. Hosts that cannot be compared now are later. */
  readonly takeOver: () => Promise<void>;
  /**
   * Strays on the host go, what should run and does not is started, links are taken into the rows. At the first comparison after the host
   * connected, what was lost while nobody watched is started again. Throws `resource_unavailable`.
   */
  readonly compareHost: (hostId: string) => Promise<void>;
  /** `compareHost` for all hosts that are connected. */
  readonly compareHosts: () => Promise<void>;
  /** The host has been away: what it has is not known any more. */
  readonly returned: (hostId: string) => void;
  /** Every running router is asked what it runs. */
  readonly compareRouters: () => Promise<void>;
  /** Hosts that are away are judged, what ran on dead ones is taken elsewhere, neighbours are told, hosts go on into maintenance. */
  readonly tendHosts: () => Promise<void>;
  /** Of all kinds unless some are given. */
  readonly checkHealth: (kinds?: readonly HealthCheck['type'][]) => Promise<void>;
  readonly collectIdleNetworks: () => Promise<void>;
  readonly expungeDestroyed: () => Promise<void>;
  /** Accounts and domains go that were marked at the moment when the last thing in them went: neither saw the other. */
  readonly finishRemovals: () => Promise<void>;
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

  const began = new Date();
  const neighbours = createNeighbours(ctx);
  // Hosts that nobody watched since they were compared last.
  const unwatched = new Set<string>();
  async function compare(hostId: string): Promise<void> {
    const returned = unwatched.has(hostId);
    const missing = returned ? noteLost : noteStopped;
    await compareHost(ctx, { hostId, returned, missing, cleared: () => becomeUp(ctx, hostId) });
    unwatched.delete(hostId);
  }

  const watch: Watch = {
    async takeOver() {
      for (const hostId of ctx.fleet.connected()) {
        unwatched.add(hostId);
        await compare(hostId).catch((error: unknown) => {
          ctx.log.error({ err: error, hostId }, 'a host could not be compared');
        });
      }
    },
    compareHost: compare,
    async compareHosts() {
      for (const hostId of ctx.fleet.connected()) await compare(hostId);
    },
    returned(hostId) {
      unwatched.add(hostId);
      ctx.segments.forget(hostId);
      neighbours.forget(hostId);
    },
    compareRouters: () => compareRouters(ctx),
    async tendHosts() {
      await neighbours.tell();
      await watchAbsent(ctx, began);
      await takeFromDead(ctx);
      for (const id of await preparedHosts(ctx)) ctx.wake('host', id);
    },
    checkHealth: kinds => checkHealth(ctx, kinds),
    collectIdleNetworks: () => collectIdleNetworks(ctx),
    expungeDestroyed: () => expungeDestroyed(ctx),
    async finishRemovals() {
      await transact(ctx.db, tx => finishRemovals(tx, ctx.jobs));
    },
    start() {
      const seconds = (name: 'network.gc.interval' | 'expunge.interval') => async () =>
        (await setting(ctx.db, name)) * 1000;
      repeat(
        'comparison with hosts',
        async () => {
          for (const hostId of ctx.fleet.connected()) ctx.wake('comparison', hostId);
        },
        () => Promise.resolve(minute),
      );
      repeat('look after hosts', watch.tendHosts, () => Promise.resolve(0));
      repeat(
        'comparison with routers',
        watch.compareRouters,
        async () => (await setting(ctx.db, 'router.check.interval')) * 1000,
      );
      for (const [kind, interval] of [
        ['basic', 'router.health.checks.basic.interval'],
        ['advanced', 'router.health.checks.advanced.interval'],
      ] as const)
        repeat(
          `${kind} health checks`,
          () => watch.checkHealth([kind]),
          async () => {
            const minutes = await setting(ctx.db, interval);
            return minutes === 0 ? Number.POSITIVE_INFINITY : minutes * minute;
          },
        );
      repeat(
        'collection of idle networks',
        watch.collectIdleNetworks,
        seconds('network.gc.interval'),
      );
      repeat('expunging', watch.expungeDestroyed, seconds('expunge.interval'));
      repeat('removals', watch.finishRemovals, () => Promise.resolve(minute));
    },
    async close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
  return watch;
}

async function preparedHosts({ db }: Convergence): Promise<string[]> {
  const rows = await db
    .selectFrom('hosts')
    .select('id')
    .where('resource_state', '=', 'PrepareForMaintenance')
    .execute();
  return rows.map(row => row.id);
}
