import type { ImageStores } from '@isola/agent-protocol';
import type { CommandName, ParamsOf, ResultOf } from '@isola/api';
import type { HealthCheck } from '@isola/model';
import type { CallerRole } from '../features/role/permits.ts';
import type { HostWork } from '../fleet/host-work.ts';
import type { SecretBox } from '../identity/secret.ts';
import type { RouterErrand } from '../reconciler/router-work.ts';
import type { Mocks } from '../simulator/mocks.ts';
import type { Db } from '../store/database.ts';
import type { AccountRow, DomainRow, JobRow, UserRow } from '../store/schema.ts';
import type { BuiltInTemplate } from '../store/seed/built-in-templates.ts';
import type { ApiLimits } from './api-limits.ts';

/** Who calls. Checked against objects by `access/`. */
export interface Caller {
  readonly user: UserRow;
  readonly account: AccountRow;
  readonly domain: DomainRow;
  readonly role: CallerRole;
}

/** Whose an object is. */
export interface Owner {
  readonly account_id: string;
  readonly domain_id: string;
}

/** What a command's code gets. */
export interface Call {
  readonly caller: Caller;
  readonly command: CommandName;
  /**
   * Says whose objects the command is about: that owner sees its events, whoever makes the call. The first one counts; without
   * any it is the caller. `access/` calls it with every check.
   */
  concerns(owner: Owner): void;
  /**
   * A transaction (read committed) that commits when the code returns and rolls back when it throws; it may run again after a
   * deadlock. `list`, `get` and `query` commands without an event get the pool itself.
   */
  readonly tx: Db;
  readonly secrets: SecretBox;
  /** The setting `default.page.size`; see `store/page.ts`. */
  readonly maxPageSize: number;
  /** Wakes the converger of a network, instance or host once the transaction has committed. */
  wake(kind: Converged, id: string): void;
  /** Image stores, to look whether one is there. */
  readonly imageStores: ImageStores;
  /** What a zone's first image store is given. */
  readonly builtInTemplates: readonly BuiltInTemplate[];
  /** Has templates that were registered or deleted looked at once the transaction has committed. */
  wakeTemplates(): void;
  /** Has this server read its settings anew once the transaction has committed. */
  settingsChanged(): void;
  /** What this server does about hosts itself, begun once the transaction has committed; jobs wait for it. */
  readonly hosts: Omit<HostWork, 'close'>;
  /** How often accounts called. */
  readonly apiLimits: ApiLimits;
  /** How simulated hosts go wrong; `null` when this server simulates nothing. */
  readonly mocks: Mocks | null;
  /** Asks a router for something once the transaction has committed; jobs wait for it. */
  beginErrand(errand: RouterErrand): void;
  /** Asks a router for its health checks now. Throws `resource_unavailable`. */
  healthChecks(routerId: string): Promise<readonly HealthCheck[]>;
}

/** What converges to its rows. */
export type Converged = 'network' | 'instance' | 'host';

/**
 * A condition: the network or instance has applied this generation, the host is as asked (`features/host/generation.ts`), or the
 * account or domain is removed (`features/account/removal.ts`).
 */
export interface Waits {
  readonly kind: Converged | 'removal';
  readonly id: string;
  readonly generation: number;
}

/** What a command wrote down. `waits: null` means done at commit. */
export interface Intent {
  /** CloudStack's `jobinstancetype` and id: `Network`, `VirtualMachine`, `FirewallRule`... */
  readonly object: { readonly type: string; readonly id: string } | null;
  readonly waits: Waits | null;
}

export interface SyncHandler<N extends CommandName> {
  readonly kind: 'sync';
  /** Whether it gets the pool, as lists do: it waits for somebody outside, which no transaction may. */
  readonly waitsOutside?: true;
  run(call: Call, params: ParamsOf<N>): Promise<ResultOf<N>>;
}

/**
 * `job`: answered at once with `jobid` (and the object's id). `awaited`: a synchronous command of CloudStack's whose
 * answer waits until the intent is applied (createNetwork of a persistent offering, enableStaticNat).
 */
export interface IntentHandler<N extends CommandName> {
  readonly kind: 'job' | 'awaited';
  /** Validates and writes intent. Runs in the transaction that creates the job. The awaited thing is woken by the dispatcher. */
  begin(call: Call, params: ParamsOf<N>): Promise<Intent>;
  /** The answer (`jobresult`) of a job that succeeded, from the object as it is when the job completes. */
  result(db: Db, job: JobRow): Promise<ResultOf<N>>;
}

export type Handler<N extends CommandName> = SyncHandler<N> | IntentHandler<N>;

/** Commands that make or end a session: the HTTP layer's own. */
export type SessionCommand = 'login' | 'logout';

/** One handler for every command of the contract: the compiler refuses a missing one. */
export type Handlers = { readonly [N in Exclude<CommandName, SessionCommand>]: Handler<N> };
