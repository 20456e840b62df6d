import type { HostAgent } from '@isola/agent-protocol';
import type { Logger } from 'pino';
import type { Converged } from '../http/call.ts';
import type { Jobs } from '../jobs/complete.ts';
import type { Db } from '../store/database.ts';
import type { CompiledConfigs } from './compiled-configs.ts';

/** What the steps of convergence work with. */
export interface Convergence {
  readonly db: Db;
  readonly agent: HostAgent;
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly compiled: CompiledConfigs;
  /** Names a step at which the server may die; see `fault.ts`. */
  readonly fault: (point: string) => void;
  readonly wake: (kind: Converged, id: string) => void;
}
