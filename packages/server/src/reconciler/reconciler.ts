import { type HealthCheck, IsolaError } from '@isola/model';
import type { Logger } from 'pino';
import type { Fleet } from '../fleet/fleet.ts';
import type { Converged } from '../http/call.ts';
import type { Jobs } from '../jobs/complete.ts';
import type { Db } from '../store/database.ts';
import { listenToAgent } from './agent-events.ts';
import { createCompiledConfigs } from './compiled-configs.ts';
import type { Convergence, Woken } from './convergence.ts';
import { backOff, type Patience, type Trouble } from './failure.ts';
import { faultPoint } from './fault.ts';
import { hostWent } from './host/connection.ts';
import { convergeHost } from './host/converge.ts';
import { convergeInstance, instanceTrouble } from './instance/converge.ts';
import { keyedLocks } from './locks.ts';
import { convergeNetwork, networkTrouble } from './network/converge.ts';
import { createKeyedQueue } from './queue.ts';
import { createSegments } from './segments/segments.ts';
import { readUnfinished } from './unfinished.ts';
import { startWatch, type Watch } from './watch.ts';

/** What the rest of the server knows of the reconciler. */
export interface Reconciler {
  /** Looks at a network, instance or host soon; returns at once. Calls for one that is being converged lead to one more look. */
  readonly wake: (kind: Converged, id: string) => void;
  /** Asks a router for its health checks now. Throws `resource_unavailable`. */
  readonly healthChecks: (routerId: string) => Promise<readonly HealthCheck[]>;
}

/** Brings networks and instances to what their rows ask for, and keeps them there. */
export interface RunningReconciler extends Reconciler {
  /** Takes over what an earlier server left unfinished, compares the host with the rows, and begins the periodic work. */
  start(): Promise<void>;
  /** Resolves when nothing is being converged; what waits to be tried again does not count. */
  idle(): Promise<void>;
  /** The periodic work, now. */
  readonly watch: Watch;
  /** Ends the step that is being taken and takes no more. Nothing on the host stops. */
  close(): Promise<void>;
}

export interface ReconcilerOptions {
  readonly db: Db;
  readonly fleet: Fleet;
  readonly jobs: Jobs;
  readonly log: Logger;
  /** Networks and instances that are converged at once. */
  readonly parallel?: number;
  readonly patience?: Partial<Patience>;
  readonly fault?: (point: string) => void;
}

const defaultParallel = 8;
const defaultPatience: Patience = {
  first: 250,
  longest: 15_000,
  jobs: 120_000,
  firstAnswer: 90_000,
};

export function createReconciler(options: ReconcilerOptions): RunningReconciler {
  const { db, fleet, jobs, log } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const troubles = new Map<string, { attempts: number; since: number }>();
  let closed = false;

  const fault = options.fault ?? faultPoint;
  const wake = (kind: Woken, id: string): void => queue.wake(`${kind} ${id}`);
  const ctx: Convergence = {
    db,
    fleet,
    jobs,
    log,
    compiled: createCompiledConfigs(),
    segments: createSegments({ db, fleet, log, fault, wake }),
    locks: keyedLocks(),
    askedToLeave: new Map(),
    mute: new Map(),
    fault,
    wake,
  };

  async function run(key: string): Promise<void> {
    const [kind, id] = parseKey(key);
    try {
      await ctx.locks.run(key, () => look(kind, id));
      troubles.delete(key);
    } catch (error) {
      if (closed) return;
      const trouble = troubles.get(key) ?? { attempts: 0, since: Date.now() };
      trouble.attempts += 1;
      troubles.set(key, trouble);
      log.warn({ err: error, [kind]: id, attempt: trouble.attempts }, 'convergence failed');
      const details = { error, patience, since: Date.now() - trouble.since };
      try {
        await ctx.locks.run(key, () => noteTrouble(kind, id, details));
      } catch (failure) {
        log.error({ err: failure, [kind]: id }, 'trouble could not be recorded');
      }
      if (!closed) queue.later(key, backOff(trouble.attempts, patience));
    }
  }

  function look(kind: Woken, id: string): Promise<void> {
    switch (kind) {
      case 'network':
        return convergeNetwork(ctx, id);
      case 'instance':
        return convergeInstance(ctx, id);
      case 'host':
        return convergeHost(ctx, id);
      case 'comparison':
        return watch.compareHost(id);
      case 'segment':
        return ctx.segments.settle(id);
    }
  }

  async function noteTrouble(kind: Woken, id: string, details: Trouble): Promise<void> {
    if (kind === 'network') await networkTrouble(ctx, id, details);
    if (kind === 'instance') await instanceTrouble(ctx, id, details);
  }

  const queue = createKeyedQueue({ limit: options.parallel ?? defaultParallel, run });
  const watch = startWatch(ctx);
  listenToAgent(ctx, () => closed);
  fleet.onConnection(({ hostId, connected }) => {
    if (closed) return;
    const noted = connected ? goOn(hostId) : hostWent(ctx, hostId);
    noted.catch((error: unknown) => log.error({ err: error, hostId }, 'host could not be noted'));
  });

  /** A host is back: it is compared first, and what waited for it goes on. */
  async function goOn(hostId: string): Promise<void> {
    watch.returned(hostId);
    wake('comparison', hostId);
    for (const { kind, id } of await readUnfinished(db)) wake(kind, id);
  }

  return {
    wake,
    healthChecks: id => askHealth(ctx, id),
    idle: () => queue.idle(),
    watch,
    async start() {
      // A host that does not answer yet is compared later; what can go on goes on.
      await watch.takeOver();
      for (const { kind, id } of await readUnfinished(db)) ctx.wake(kind, id);
      watch.start();
    },
    async close() {
      closed = true;
      await watch.close();
      await queue.close();
    },
  };
}

const kinds: readonly Woken[] = ['network', 'instance', 'host', 'comparison', 'segment'];

function parseKey(key: string): [Woken, string] {
  const [name, id = ''] = key.split(' ');
  const kind = kinds.find(one => one === name);
  if (kind === undefined) throw new Error(`nothing of kind ${name} is looked at`);
  return [kind, id];
}

async function askHealth(
  { db, fleet }: Convergence,
  routerId: string,
): Promise<readonly HealthCheck[]> {
  const router = await db
    .selectFrom('routers')
    .select('host_id')
    .where('id', '=', routerId)
    .executeTakeFirst();
  if (router === undefined)
    throw new IsolaError('resource_unavailable', { reason: `there is no router ${routerId}` });
  return fleet.of(router.host_id).healthChecks(routerId);
}
