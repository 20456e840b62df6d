import type { AgentEvent, GuestSpec, HostAgent, SegmentSpec } from '@isola/agent-protocol';
import type { SimulatedRouter } from './router.ts';

/** What a simulated host is asked to do and can be kept from. */
export type SimulatedCommand = Exclude<
  keyof HostAgent,
  'onEvent' | 'close' | 'facts' | 'inventory'
>;

/** A host in memory: it keeps what it was told and applies configurations with the model's own code. */
export interface SimulatedHost extends HostAgent {
  readonly name: string;
  /** Called before (`false`) and after (`true`) each command takes effect; what it throws the command throws. For failures and delays. */
  intercept: (command: SimulatedCommand, subject: string, done: boolean) => void | Promise<void>;
  /** Commands carried out, by name. */
  readonly calls: Map<SimulatedCommand, number>;
  readonly segments: Set<number>;
  /** Segments as they were last asked for, by id. */
  readonly segmentSpecs: Map<number, SegmentSpec>;
  readonly routers: Map<string, SimulatedRouter>;
  readonly guests: Map<string, SimulatedGuest>;
  /** Guests that have a disk on the host, or on the storage that it shares. */
  readonly disks: Set<string>;
  /** Checksums of the templates that it has. */
  readonly templates: Set<string>;
  /** Addresses that it was told last. */
  neighbours: readonly string[];
  /** While false, all it is asked fails; what it was doing takes effect, and nobody hears of it. */
  connected: boolean;
  /** What a running guest was given by routers in its segments, in the order of its NICs. */
  leases(guestId: string): Lease[];
  /** Tells the listeners. */
  emit(event: AgentEvent): void;
}

export interface SimulatedGuest {
  spec: GuestSpec;
  running: boolean;
}

/** What a router's DHCP gives to a NIC. */
export interface Lease {
  readonly mac: string;
  readonly address: string;
  /** Default gateway; `null` on a NIC that is not the guest's default one. */
  readonly router: string | null;
}
