import type { SegmentRef, SegmentSpec } from '@isola/agent-protocol';

/** A segment that a host was told to have. */
export interface Told {
  readonly networkId: string;
  readonly ref: SegmentRef;
  /** Canonical text of what the host confirmed; empty while that is not known. */
  confirmed: string;
}

/** What hosts were told of segments, found by host and by network. */
export class ToldSegments {
  readonly #byHost = new Map<string, Map<string, Told>>();
  readonly #hostsOf = new Map<string, Set<string>>();

  set(hostId: string, told: Told): void {
    this.delete(hostId, told.ref);
    const ofHost = this.#byHost.get(hostId) ?? new Map<string, Told>();
    this.#byHost.set(hostId, ofHost.set(keyOf(told.ref), told));
    const hosts = this.#hostsOf.get(told.networkId) ?? new Set<string>();
    this.#hostsOf.set(told.networkId, hosts.add(hostId));
  }

  has(hostId: string, ref: SegmentRef): boolean {
    return this.#byHost.get(hostId)?.has(keyOf(ref)) === true;
  }

  /** Whether the host has confirmed exactly this. */
  confirms(hostId: string, spec: SegmentSpec): boolean {
    return this.#byHost.get(hostId)?.get(keyOf(spec))?.confirmed === JSON.stringify(spec);
  }

  delete(hostId: string, ref: SegmentRef): void {
    const ofHost = this.#byHost.get(hostId);
    const told = ofHost?.get(keyOf(ref));
    if (ofHost === undefined || told === undefined) return;
    ofHost.delete(keyOf(ref));
    // A network may have had another tag on the host before.
    if ([...ofHost.values()].every(one => one.networkId !== told.networkId))
      this.#leave(told.networkId, hostId);
  }

  /** Nothing is known of what the host has. */
  forget(hostId: string): void {
    for (const { networkId } of this.#byHost.get(hostId)?.values() ?? [])
      this.#leave(networkId, hostId);
    this.#byHost.delete(hostId);
  }

  /** Hosts that were told of a segment. */
  hostsWith(ref: SegmentRef): string[] {
    return [...this.#byHost].flatMap(([id, told]) => (told.has(keyOf(ref)) ? [id] : []));
  }

  /** Hosts that were told of a network's segment. */
  hostsOf(networkId: string): readonly string[] {
    return [...(this.#hostsOf.get(networkId) ?? [])];
  }

  /** What a host was told for a network. */
  of(hostId: string, networkId: string): Told[] {
    const told = [...(this.#byHost.get(hostId)?.values() ?? [])];
    return told.filter(one => one.networkId === networkId);
  }

  #leave(networkId: string, hostId: string): void {
    const hosts = this.#hostsOf.get(networkId);
    hosts?.delete(hostId);
    if (hosts?.size === 0) this.#hostsOf.delete(networkId);
  }
}

export const keyOf = ({ isolation, id }: SegmentRef): string => `${isolation} ${id}`;
