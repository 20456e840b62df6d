import type { SegmentRef, SegmentSpec } from '@isola/agent-protocol';
import type { Logger } from 'pino';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';
import { keyedLocks } from '../locks.ts';
import { readSegment } from '../network/segment.ts';
import { type Carrier, carriersOf, readSpread } from './carriers.ts';
import { keyOf, ToldSegments } from './told.ts';

/**
 * The segments of networks on hosts: on each host that carries the network and, for VXLAN, told of the others. Which those are
 * is read from rows each time; what hosts were told is remembered only to save telling it again.
 */
export interface Segments {
  /** Makes a network's segment on a host on which something of it is about to start; its row names the host already. The other carriers are told. */
  bring(network: NetworkRow, hostId: string): Promise<void>;
  /** Takes a network's segment from the hosts that carry it no more, and tells the others. Hosts that are away are left for when they return. */
  settle(networkId: string): Promise<void>;
  /** Whether all hosts that are there were told this, and no other has the segment. */
  isSettled(networkId: string, spread: ReadonlyMap<string, SegmentSpec>): boolean;
  /** Something of the networks has left a host: if it was the last there, the segment goes. What fails is tried again later. */
  leave(hostId: string, networkIds: readonly string[]): Promise<void>;
  /** Takes the segment of a network that is shut down from all hosts. */
  remove(network: NetworkRow, hostIds: readonly string[], ref: SegmentRef): Promise<void>;
  /** Notes that the host has what is wanted of it, as read from the host; what it was told is known better. */
  found(hostId: string, networkId: string, spec: SegmentSpec): void;
  /** Notes that the host does not have what it was told of. */
  lost(hostId: string, ref: SegmentRef): void;
  /** Takes a segment from a host unless its network, if one has it, came there meanwhile. */
  expel(hostId: string, ref: SegmentRef, networkId: string | null): Promise<void>;
  /** Nothing is known of what the host has. */
  forget(hostId: string): void;
}

interface Needs {
  readonly db: Db;
  readonly fleet: Fleet;
  readonly log: Logger;
  readonly fault: (point: string) => void;
  /** Has `settle` called again soon. */
  readonly wake: (kind: 'segment', networkId: string) => void;
}

export function createSegments({ db, fleet, fault, log, wake }: Needs): Segments {
  // A change that begins after a row was written sees that row: one change of a network at a time.
  const locks = keyedLocks();
  const told = new ToldSegments();

  async function ensure(hostId: string, networkId: string, spec: SegmentSpec): Promise<void> {
    const { isolation, id } = spec;
    const entry = { networkId, ref: { isolation, id }, confirmed: '' };
    told.set(hostId, entry);
    await fleet.of(hostId).ensureSegment(spec);
    entry.confirmed = JSON.stringify(spec);
  }

  async function drop(hostId: string, ref: SegmentRef): Promise<void> {
    await fleet.of(hostId).removeSegment(ref);
    told.delete(hostId, ref);
    fault('segment.removed');
  }

  const isConnected = (hostId: string): boolean => fleet.connected().includes(hostId);

  /** Tells the carriers what they have not confirmed. */
  async function tell(
    network: NetworkRow,
    carriers: readonly Carrier[],
    failed: (error: unknown) => void,
  ): Promise<void> {
    for (const [hostId, spec] of await readSpread(db, network, carriers)) {
      if (!isConnected(hostId)) continue;
      if (told.confirms(hostId, spec)) continue;
      await ensure(hostId, network.id, spec).catch(failed);
      fault('segment.told');
    }
  }

  /** Also from a host of which is not known what it has: what it has been told may be on its way. */
  async function withdraw(hostId: string, networkId: string): Promise<void> {
    const carriers = await carriersOf(db, networkId);
    if (carriers.some(carrier => carrier.id === hostId)) return;
    const network = await readNetwork(networkId);
    if (network === undefined || network.vlan === null) return;
    const { isolation, id } = await readSegment(db, network);
    told.set(hostId, { networkId, ref: { isolation, id }, confirmed: '' });
    await spread(networkId);
  }

  const readNetwork = (id: string): Promise<NetworkRow | undefined> =>
    db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirst();

  async function spread(networkId: string): Promise<void> {
    const errors: unknown[] = [];
    const carriers = await carriersOf(db, networkId);
    const carry = new Set(carriers.map(carrier => carrier.id));
    for (const hostId of told.hostsOf(networkId)) {
      if (carry.has(hostId) || !isConnected(hostId)) continue;
      for (const { ref } of told.of(hostId, networkId))
        await drop(hostId, ref).catch((error: unknown) => errors.push(error));
    }
    const network = await readNetwork(networkId);
    if (network !== undefined && carriers.length > 0)
      await tell(network, carriers, error => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }

  const exclusively = <T>(networkId: string, work: () => Promise<T>) => locks.run(networkId, work);

  const segments: Segments = {
    bring: (network, hostId) =>
      exclusively(network.id, async () => {
        const carriers = await carriersOf(db, network.id);
        const spread = await readSpread(db, network, carriers);
        const spec = spread.get(hostId);
        if (spec === undefined) throw new Error(`host ${hostId} does not carry ${network.id}`);
        await ensure(hostId, network.id, spec);
        fault('segment.brought');
        await tell(network, carriers, error => {
          log.warn({ err: error, network: network.id }, 'a host could not be told of a segment');
          wake('segment', network.id);
        });
      }),
    settle: networkId => exclusively(networkId, () => spread(networkId)),
    isSettled: (networkId, specs) =>
      told.hostsOf(networkId).every(hostId => specs.has(hostId) || !isConnected(hostId)) &&
      [...specs].every(([hostId, spec]) => told.confirms(hostId, spec) || !isConnected(hostId)),
    async leave(hostId, networkIds) {
      for (const networkId of networkIds) {
        try {
          await exclusively(networkId, () => withdraw(hostId, networkId));
        } catch (error) {
          log.warn({ err: error, network: networkId }, 'a segment could not be taken away');
          wake('segment', networkId);
        }
      }
    },
    remove: (network, hostIds, ref) =>
      exclusively(network.id, async () => {
        for (const hostId of new Set([...hostIds, ...told.hostsWith(ref)]))
          if (isConnected(hostId)) await drop(hostId, ref);
      }),
    found(hostId, networkId, spec) {
      if (told.has(hostId, spec)) return;
      const { isolation, id } = spec;
      told.set(hostId, { networkId, ref: { isolation, id }, confirmed: JSON.stringify(spec) });
    },
    lost(hostId, ref) {
      told.delete(hostId, ref);
    },
    expel: (hostId, ref, networkId) =>
      exclusively(networkId ?? keyOf(ref), async () => {
        const carriers = networkId === null ? [] : await carriersOf(db, networkId);
        if (carriers.some(carrier => carrier.id === hostId)) return;
        await drop(hostId, ref);
        if (networkId !== null) await spread(networkId);
      }),
    forget(hostId) {
      told.forget(hostId);
    },
  };
  return segments;
}
