import type { SimulatedHost } from './simulated-host.ts';

/** Simulated hosts that reach each other: those of a zone. */
export interface SimulatedSite {
  readonly hosts: Set<SimulatedHost>;
  /** Disks on shared storage, by the storage. */
  readonly shared: Map<string, Set<string>>;
  /** Underlay addresses that nobody reaches. */
  readonly unreachable: Set<string>;
}

export function simulatedSite(): SimulatedSite {
  return { hosts: new Set(), shared: new Map(), unreachable: new Set() };
}
