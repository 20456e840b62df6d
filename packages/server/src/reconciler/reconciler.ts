import type { HostAgent } from '@isola/agent-protocol';
import type { HealthCheck } from '@isola/model';
import type { Logger } from 'pino';
import type { Converged } from '../http/call.ts';
import type { Jobs } from '../jobs/complete.ts';
import type { Db } from '../store/database.ts';
import { listenToAgent } from './agent-events.ts';
import { createCompiledConfigs } from './compiled-configs.ts';
import type { Convergence } from './convergence.ts';
import { backOff, type Patience } from './failure.ts';
import { faultPoint } from './fault.ts';
import { convergeHost } from './host/converge.ts';
import { convergeInstance, instanceTrouble } from './instance/converge.ts';
import { convergeNetwork, networkTrouble } from './network/converge.ts';
import { createKeyedQueue } from './queue.ts';
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
  readonly agent: HostAgent;
  readonly jobs: Jobs;
  readonly log: Logger;
  /** Networks and instances that are converged at once. */
  readonly parallel?: number;
  readonly patience?: Patience;
  readonly fault?: (point: string) => void;
}

const defaultParallel = 8;
const defaultPatience: Patience = { first: 250, longest: 15_000, jobs: 120_000 };

export function createReconciler(options: ReconcilerOptions): RunningReconciler {
  const { db, agent, jobs, log } = options;
  const patience = options.patience ?? defaultPatience;
  const troubles = new Map<string, { attempts: number; since: number }>();
  let closed = false;

  const ctx: Convergence = {
    db,
    agent,
    jobs,
    log,
    compiled: createCompiledConfigs(),
    fault: options.fault ?? faultPoint,
    wake: (kind, id) => queue.wake(`${kind} ${id}`),
  };

  async function run(key: string): Promise<void> {
    const { kind, id } = parseKey(key);
    try {
      await convergers[kind].converge(ctx, id);
      troubles.delete(key);
    } catch (error) {
      if (closed) return;
      const trouble = troubles.get(key) ?? { attempts: 0, since: Date.now() };
      trouble.attempts += 1;
      troubles.set(key, trouble);
      log.warn({ err: error, [kind]: id, attempt: trouble.attempts }, 'convergence failed');
      const details = { error, patience, since: Date.now() - trouble.since };
      try {
        await convergers[kind].trouble(ctx, id, details);
      } catch (failure) {
        log.error({ err: failure, [kind]: id }, 'trouble could not be recorded');
      }
      if (!closed) queue.later(key, backOff(trouble.attempts, patience));
    }
  }

  const queue = createKeyedQueue({ limit: options.parallel ?? defaultParallel, run });
  const watch = startWatch(ctx);
  listenToAgent(ctx, () => closed);

  return {
    wake: ctx.wake,
    healthChecks: id => agent.healthChecks(id),
    idle: () => queue.idle(),
    watch,
    async start() {
      // A host that does not answer yet is compared later; what can go on goes on.
      await watch
        .takeOver()
        .catch((error: unknown) => log.error({ err: error }, 'the host could not be compared'));
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

const convergers = {
  network: { converge: convergeNetwork, trouble: networkTrouble },
  instance: { converge: convergeInstance, trouble: instanceTrouble },
  // Its jobs wait until it is empty, or until the preparation is cancelled.
  host: { converge: convergeHost, trouble: () => Promise.resolve() },
} as const satisfies Record<Converged, object>;

/** What `wake` put into the queue. */
function parseKey(key: string): { readonly kind: Converged; readonly id: string } {
  const [kind, id = ''] = key.split(' ');
  return { kind: kind === 'network' || kind === 'host' ? kind : 'instance', id };
}
