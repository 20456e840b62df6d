import type { HypervisorKind, SegmentRef } from '@isola/agent-protocol';
import type { HostResourceState, HostState } from '../../store/schema.ts';

/** A host and what is reserved on it. */
export interface HostRoom {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  readonly podId: string;
  readonly state: HostState;
  readonly resourceState: HostResourceState;
  readonly hypervisor: HypervisorKind;
  readonly tags: readonly string[];
  readonly sharedStorage: string | null;
  /** Isolation methods by which it reaches other hosts. */
  readonly links: readonly Isolation[];
  readonly reachesPublic: boolean;
  /** What may be reserved altogether. */
  readonly memoryMiB: number;
  readonly reservedMiB: number;
  readonly cpuMHz: number;
  readonly reservedMHz: number;
}

type Isolation = SegmentRef['isolation'];

/** A network that what is placed has a port in. */
export interface Joined {
  readonly isolation: Isolation;
  /** Whether its physical network names the interface for it, on every host. */
  readonly labelled: boolean;
  /** Hosts that carry it already, without what is placed, and whether each has a link to others. */
  readonly carriers: readonly { readonly id: string; readonly linked: boolean }[];
}

/** Where the other instances of its affinity groups are. */
export interface Company {
  /** Hosts that it must not share. */
  readonly apart: readonly string[];
  /** Hosts of each group: it must be on one of them. Groups that are nowhere yet are left out. */
  readonly together: readonly (readonly string[])[];
  /** As `apart` and `together`, where there is such a host. */
  readonly ratherApart: readonly string[];
  readonly ratherTogether: readonly (readonly string[])[];
}

export interface Demand {
  readonly memoryMiB: number;
  /** Any of these will do. */
  readonly hypervisors: readonly HypervisorKind[];
  /** The host must have all of them. */
  readonly tags: readonly string[];
  /** Where the disk lies that it needs; `null`: it has none yet, or takes it along. */
  readonly disk: { readonly hostId: string; readonly sharedStorage: string | null } | null;
  /** Storage of the host that it comes from while it runs: its disk goes between hosts that share it, or share none. */
  readonly movesFrom: { readonly sharedStorage: string | null } | null;
  /** The only host that will do. */
  readonly hostId: string | null;
  /** The only cluster, and pod, whose hosts will do. */
  readonly clusterId: string | null;
  readonly podId: string | null;
  readonly networks: readonly Joined[];
  /** Whether it is a router with a public side. */
  readonly needsPublic: boolean;
  readonly company: Company;
  /** Hosts that will not do. */
  readonly avoid: readonly string[];
}

export interface Refusal {
  readonly host: Pick<HostRoom, 'id' | 'name'>;
  readonly reason: string;
  /** The host would do but for being away now. */
  readonly away: boolean;
}

/**
 * Of the hosts that meet the demand one with links to others, then the one that pleases most of its groups, with most free
 * memory, with most free CPU; or why each was not taken.
 */
export function chooseHost(
  hosts: readonly HostRoom[],
  demand: Demand,
): { readonly host: HostRoom } | { readonly refusals: readonly Refusal[] } {
  const refusals: Refusal[] = [];
  let best: HostRoom | undefined;
  for (const host of hosts) {
    const unfit = unfitness(host, demand);
    const reason = unfit ?? absence(host);
    if (reason !== null) refusals.push({ host, reason, away: unfit === null && isAway(host) });
    else if (best === undefined || isBetter(host, best, demand)) best = host;
  }
  return best === undefined ? { refusals } : { host: best };
}

/** Why a host would not do even if it were there. */
function unfitness(host: HostRoom, demand: Demand): string | null {
  if (demand.hostId !== null && host.id !== demand.hostId) return 'another host is asked for';
  if (demand.clusterId !== null && host.clusterId !== demand.clusterId)
    return 'another cluster is asked for';
  if (demand.podId !== null && host.podId !== demand.podId) return 'another pod is asked for';
  if (demand.avoid.includes(host.id)) return 'it is to be left';
  if (!demand.hypervisors.includes(host.hypervisor))
    return `it runs ${host.hypervisor}, not ${demand.hypervisors.join(' or ')}`;
  const lacking = demand.tags.filter(tag => !host.tags.includes(tag));
  if (lacking.length > 0) return `it lacks the tag ${lacking.join(', ')}`;
  if (demand.disk !== null && !hasDisk(host, demand.disk)) return 'the disk is on another host';
  if (demand.movesFrom !== null && host.sharedStorage !== demand.movesFrom.sharedStorage)
    return 'its storage is not that of the host it runs on';
  if (demand.company.apart.includes(host.id))
    return 'an instance of a host anti-affinity group of it is there';
  if (demand.company.together.some(hosts => !hosts.includes(host.id)))
    return 'the instances of a host affinity group of it are on another host';
  const apart = demand.networks.find(network => !joins(host, network));
  if (apart !== undefined)
    return `nothing links it by ${apart.isolation} to the hosts that carry the network`;
  if (demand.needsPublic && !host.reachesPublic)
    return 'it has no interface of the public network: install its agent again with --public-interface';
  const free = host.memoryMiB - host.reservedMiB;
  if (demand.memoryMiB > free)
    return `it has not enough memory left: ${Math.max(0, Math.floor(free))} of ${demand.memoryMiB} MiB`;
  return null;
}

function hasDisk(host: HostRoom, disk: NonNullable<Demand['disk']>): boolean {
  return (
    host.id === disk.hostId ||
    (disk.sharedStorage !== null && host.sharedStorage === disk.sharedStorage)
  );
}

const isLinked = (host: HostRoom, { isolation, labelled }: Joined): boolean =>
  labelled || host.links.includes(isolation);

function joins(host: HostRoom, network: Joined): boolean {
  const others = network.carriers.filter(carrier => carrier.id !== host.id);
  return others.length === 0 || (isLinked(host, network) && others.every(other => other.linked));
}

/** Why a host cannot be used now. */
function absence(host: HostRoom): string | null {
  if (host.resourceState !== 'Enabled') return `it is in state ${host.resourceState}`;
  return host.state === 'Up' ? null : `it is ${host.state}`;
}

const returning: readonly HostState[] = ['Connecting', 'Disconnected', 'Alert'];

function isAway(host: HostRoom): boolean {
  return host.resourceState === 'Enabled' && returning.includes(host.state);
}

/** A host without links can only carry networks that no other carries. */
function isBetter(host: HostRoom, other: HostRoom, { networks, company }: Demand): boolean {
  const linked = networks.every(network => isLinked(host, network));
  if (linked !== networks.every(network => isLinked(other, network))) return linked;
  const displeased = displeasure(host, company) - displeasure(other, company);
  if (displeased !== 0) return displeased < 0;
  const memory = host.memoryMiB - host.reservedMiB - (other.memoryMiB - other.reservedMiB);
  if (memory !== 0) return memory > 0;
  return host.cpuMHz - host.reservedMHz > other.cpuMHz - other.reservedMHz;
}

/** How many wishes of its groups the host would leave unmet. */
function displeasure({ id }: HostRoom, { ratherApart, ratherTogether }: Company): number {
  const shared = ratherApart.filter(host => host === id).length;
  return shared + ratherTogether.filter(hosts => !hosts.includes(id)).length;
}
