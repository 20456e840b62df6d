import type { Logger } from 'pino';
import type { Fleet } from '../fleet/fleet.ts';
import type { Converged } from '../http/call.ts';
import type { Jobs } from '../jobs/complete.ts';
import type { Db } from '../store/database.ts';
import type { CompiledConfigs } from './compiled-configs.ts';
import type { KeyedLocks } from './locks.ts';
import type { Segments } from './segments/segments.ts';

/** What is looked at by key, one look at a time: `comparison` is that of a host with the rows, `segment` the spread of a network's segment over its hosts. */
export type Woken = Converged | 'comparison' | 'segment';

/** What the steps of convergence work with. */
export interface Convergence {
  readonly db: Db;
  readonly fleet: Fleet;
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly compiled: CompiledConfigs;
  readonly segments: Segments;
  /** Held by `<kind> <id>` while that is looked at. */
  readonly locks: KeyedLocks;
  /** Instances that were asked to leave a host that is prepared for maintenance, by host. */
  readonly askedToLeave: Map<string, Set<string>>;
  /** Routers that a step starts and that do not answer: since when they are waited for, and how long (ms) at most. */
  readonly mute: Map<string, { readonly since: number; readonly patienceMs: number }>;
  /** Names a step at which the server may die; see `fault.ts`. */
  readonly fault: (point: string) => void;
  readonly wake: (kind: Woken, id: string) => void;
}
