import type { Drift, HealthCheck, RouterConfig, RouterDelta, RouterReport } from '@isola/model';
import type { GuestSpec, HostFacts, Inventory, RouterSpec } from './specs.ts';

/**
 * What the management server asks of a host. Every command is idempotent: repeated, or repeated after the agent
 * or the server died half-way, it ends in the same state. Errors are `IsolaError`s.
 */
export interface HostAgent {
  facts(): Promise<HostFacts>;
  /** What exists on the host now, read from the host itself, not from memory. */
  inventory(): Promise<Inventory>;

  /** The bridge of a guest network's tag. `removeSegment` succeeds when there is none; refuses while ports are attached. */
  ensureSegment(vlan: number): Promise<void>;
  removeSegment(vlan: number): Promise<void>;

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

  startGuest(spec: GuestSpec): Promise<void>;
  /** `forced` cuts power; else the guest is asked to shut down first. Succeeds when it does not run. */
  stopGuest(id: string, forced: boolean): Promise<void>;
  destroyGuest(id: string): Promise<void>;

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
  | { readonly kind: 'instance-stopped'; readonly id: string };
