import type {
  GuestSpec,
  HostFacts,
  MigrationTarget,
  NicSpec,
  RouterSpec,
} from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import type { CableKind } from '../links/ports.ts';

/** What is started: a router with the configuration that it boots with, or a guest. */
export type Startable =
  | { readonly kind: 'router'; readonly spec: RouterSpec; readonly boot: RouterConfig }
  | { readonly kind: 'guest'; readonly spec: GuestSpec };

/** What of a host's facts its hypervisor knows. */
export type HypervisorFacts = Pick<
  HostFacts,
  'hypervisor' | 'hypervisorVersion' | 'accelerated' | 'sharedStorage'
>;

/**
 * The body of routers and guests: containers or virtual machines. All else of the agent is the same for both.
 * Instances are named by their ids; every method may be repeated, also after it was cut short.
 */
export interface Hypervisor {
  /** How the cables of NICs are made: links of the host's that the body takes, by the names of `Names.cable`. */
  readonly cables: CableKind;
  /** Images that the host made itself; `null` when its templates are fetched. */
  readonly images: HostFacts['images'];
  facts(): Promise<HypervisorFacts>;

  /** Makes or renews the instance's disk and definition, keeping what the disk has. Throws when its template is not there. */
  prepare(instance: Startable): Promise<void>;
  /** Starts a prepared instance, whose ports exist. Returns when it runs; leaves nothing running when it throws. */
  start(id: string): Promise<void>;
  runs(id: string): Promise<boolean>;
  /** Plugs NICs into and out of a running instance. The ports of new ones exist; those of old ones go afterwards. */
  setNics(id: string, nics: readonly NicSpec[]): Promise<void>;
  /** Stops it: at once, or after it had `graceSeconds` to shut down. Succeeds when it does not run. */
  stop(id: string, graceSeconds: number | null): Promise<void>;
  /** Stops it and removes all that it has on the host. */
  destroy(id: string): Promise<void>;
  /** As `destroy`, but leaves a disk on the storage that hosts share: another host uses it. */
  forget(id: string): Promise<void>;

  /** Gets ready to receive a running guest, whose ports exist. */
  expect(spec: GuestSpec): Promise<MigrationTarget>;
  /** Sends a running guest to another host. When it resolves, it runs there and not here; `forget` removes the rest. */
  send(id: string, target: MigrationTarget): Promise<void>;

  /** A router that was started answers: what is of use to later ones only may be done now. */
  reached(id: string): void;

  /** Tells when the instance stops without being told to. */
  watch(id: string): Promise<void>;
  /** Call it before stopping an instance on purpose. */
  unwatch(id: string): void;

  /** Runs a program in the network of a running router; gives its standard output. The words must not be data. */
  inNetworkOf(
    id: string,
    command: readonly string[],
    options?: { readonly input?: string; readonly timeoutMs?: number },
  ): Promise<string>;

  /** Lets go of connections; nothing stops. */
  close(): void;
}
