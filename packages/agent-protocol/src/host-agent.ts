import type {
  Diagnostic,
  DiagnosticOutcome,
  Drift,
  HealthCheck,
  RouterConfig,
  RouterDelta,
  RouterReport,
} from '@isola/model';
import type {
  GuestSpec,
  HostFacts,
  HostLoad,
  Inventory,
  MigrationTarget,
  RouterSpec,
  SegmentRef,
  SegmentSpec,
  TemplateSpec,
} from './specs.ts';

/**
 * What the management server asks of a host. Every command is idempotent: repeated, or repeated after the agent
 * or the server died half-way, it ends in the same state. Errors are `IsolaError`s.
 */
export interface HostAgent {
  facts(): Promise<HostFacts>;
  /** What exists on the host now, read from the host itself, not from memory. */
  inventory(): Promise<Inventory>;

  /**
   * Makes the bridge of a segment and its link to other hosts, or puts them right: peers that are not named are forgotten.
   * Throws `resource_unavailable` when the host lacks the interface, `underlay_mtu` when the underlay is too small.
   */
  ensureSegment(segment: SegmentSpec): Promise<void>;
  /** Succeeds when there is none; throws `in_use` while ports are attached. */
  removeSegment(segment: SegmentRef): Promise<void>;

  /** Fetches the template unless the host has it, and verifies its checksum. Throws `template_unavailable`, and keeps nothing half-made. */
  ensureTemplate(template: TemplateSpec): Promise<void>;
  /** Succeeds when the host does not have it; throws `in_use` while a disk stands on it. */
  removeTemplate(checksum: string): Promise<void>;

  /** Makes and starts the router (with `boot` as its first configuration) unless it runs already. Returns when started, not when configured. */
  startRouter(spec: RouterSpec, boot: RouterConfig): Promise<void>;
  stopRouter(id: string): Promise<void>;
  /** Also removes its disk and host key. Succeeds when there is none. */
  destroyRouter(id: string): Promise<void>;
  /**
   * Planned replacement: brings `next` up beside the running `previous` with its guest and public NICs unplugged
   * and `boot` applied, copies the connection-tracking state, and swaps the NICs in one step. Ends with `previous` destroyed.
   */
  replaceRouter(previous: string, next: RouterSpec, boot: RouterConfig): Promise<RouterReport>;

  /** Whole configuration or delta over the router's control link. Throws `resource_unavailable` when it cannot be reached in time. */
  applyConfig(id: string, config: RouterConfig): Promise<RouterReport>;
  /** As `applyConfig`; answers `null` when the router is at another generation and needs the whole configuration. */
  applyDelta(id: string, delta: RouterDelta): Promise<RouterReport | null>;
  resyncRouter(id: string): Promise<RouterReport>;
  report(id: string): Promise<RouterReport>;
  healthChecks(id: string): Promise<readonly HealthCheck[]>;
  /** Tries something out inside the router; that it comes to nothing is an outcome, too. */
  diagnose(id: string, diagnostic: Diagnostic): Promise<DiagnosticOutcome>;
  /** Files of the router (`diagnosticFileSchema`), as a tar file compressed with gzip, in base64. Those that are not there are left out. */
  collectFiles(id: string, files: readonly string[]): Promise<string>;

  /** Makes and starts the guest unless it runs; NICs of one that runs are plugged in and out until they are as in `spec`. */
  startGuest(spec: GuestSpec): Promise<void>;
  /** `forced` cuts power; else the guest is asked to shut down first. Succeeds when it does not run. */
  stopGuest(id: string, forced: boolean): Promise<void>;
  destroyGuest(id: string): Promise<void>;
  /** As `destroyGuest`, for a guest that lives on another host now: a disk on shared storage is that one's, and stays. */
  forgetGuest(id: string): Promise<void>;
  /** Gets ready to receive a running guest: ports, and a disk to copy to unless it is shared. */
  prepareIncoming(spec: GuestSpec): Promise<MigrationTarget>;
  /** Sends a running guest away and forgets it, but for a shared disk. The receiver takes it over by `startGuest`. */
  migrateGuest(id: string, target: MigrationTarget): Promise<void>;

  load(): Promise<HostLoad>;
  /** Whether this host reaches the address on the underlay now. */
  reaches(address: string): Promise<boolean>;
  /** Underlay addresses of the hosts that tell whether this one is cut off: one that reaches neither them nor its server stops what others will start. */
  setNeighbours(addresses: readonly string[]): Promise<void>;

  /** Listens to what happens on the host without being asked. */
  onEvent(listener: (event: AgentEvent) => void): void;
  /** Lets go of connections; nothing on the host stops. */
  close(): Promise<void>;
}

export type AgentEvent =
  | {
      readonly kind: 'router-drift';
      readonly routerId: string;
      readonly drift: Drift;
      readonly report: RouterReport;
    }
  /** The control link came up or went down; `reason` is empty when up. */
  | {
      readonly kind: 'router-link';
      readonly routerId: string;
      readonly reachable: boolean;
      readonly reason: string;
      readonly report: RouterReport | null;
    }
  /** A router or guest stopped without being told to. */
  | { readonly kind: 'instance-stopped'; readonly id: string }
  /** Every few seconds. */
  | { readonly kind: 'load'; readonly load: HostLoad };
