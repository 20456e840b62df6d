import type { SegmentRef, SegmentSpec } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { AgentOptions } from '../host/options.ts';
import type { Names } from '../names.ts';
import { ensureBridge } from './bridge.ts';
import { ipBatch, linkExists, listLinks, removeLinks } from './ip-batch.ts';
import { type LinkState, readPorts } from './link-state.ts';
import { readUnderlay, requireInterface, type UnderlayLink, vxlanOverhead } from './underlay.ts';
import { ensureVlan } from './vlan.ts';
import { ensureVxlan } from './vxlan.ts';

/** What segments need to know of their host. */
export interface SegmentHost extends Pick<AgentOptions, 'guestInterface' | 'underlay'> {
  readonly names: Names;
}

/** What carries a segment's frames to other hosts. */
type Carrier =
  | { readonly kind: 'VLAN'; readonly parent: LinkState }
  | { readonly kind: 'VXLAN'; readonly underlay: UnderlayLink };

/**
 * Makes the bridge of a segment and its link to other hosts, or puts them right. A segment that stays on this machine
 * has no link: its tag is the bridge's identity. Throws `resource_unavailable` when the host lacks the interface and
 * `underlay_mtu` when it is too small; then nothing is made, but the peers of what there is are brought up to date.
 */
export async function ensureSegment(host: SegmentHost, segment: SegmentSpec): Promise<void> {
  const carrier = await carrierOf(host, segment);
  const tooSmall = carrier === null ? null : refusalOfMtu(segment, carrier);
  const bridge = host.names.segment(segment);
  const existed = await linkExists(bridge);
  if (tooSmall !== null && !existed) throw tooSmall;
  try {
    await ensureBridge({ name: bridge, address: null, mtu: segment.mtu });
    await ensureUplink(host, segment, carrier);
  } catch (error) {
    if (!existed) await removeLinks([host.names.segmentUplink(segment), bridge]);
    throw error;
  }
  if (tooSmall !== null) throw tooSmall;
  await setPortMtus(host, segment);
}

async function carrierOf(host: SegmentHost, segment: SegmentSpec): Promise<Carrier | null> {
  const name = describeSegment(segment);
  if (segment.isolation === 'VLAN') {
    const parent = segment.label ?? host.guestInterface;
    return parent === null ? null : { kind: 'VLAN', parent: await requireInterface(parent, name) };
  }
  if (host.underlay !== null) return { kind: 'VXLAN', underlay: await readUnderlay(host.underlay) };
  if (segment.peers.length === 0) return null;
  throw new IsolaError('resource_unavailable', {
    reason: `the host has no underlay for ${name}: give the agent its underlay address`,
  });
}

/** Largest packet of guests that fits through. */
function largestMtu(carrier: Carrier): number {
  return carrier.kind === 'VLAN' ? carrier.parent.mtu : carrier.underlay.link.mtu - vxlanOverhead;
}

function refusalOfMtu(segment: SegmentSpec, carrier: Carrier): IsolaError | null {
  if (segment.mtu <= largestMtu(carrier)) return null;
  const { name, mtu } = carrier.kind === 'VLAN' ? carrier.parent : carrier.underlay.link;
  const needed = segment.mtu + (mtu - largestMtu(carrier));
  return new IsolaError('underlay_mtu', {
    interface: name,
    mtu: String(mtu),
    segment: describeSegment(segment),
    needed: String(needed),
  });
}

async function ensureUplink(
  { names }: SegmentHost,
  segment: SegmentSpec,
  carrier: Carrier | null,
): Promise<void> {
  const name = names.segmentUplink(segment);
  if (carrier === null) return removeLinks([name]);
  const bridge = names.segment(segment);
  const mtu = Math.min(segment.mtu, largestMtu(carrier));
  if (carrier.kind === 'VLAN')
    return ensureVlan({ name, tag: segment.id, parent: carrier.parent, bridge, mtu });
  const { underlay } = carrier;
  return ensureVxlan({ name, vni: segment.id, underlay, bridge, mtu, peers: segment.peers });
}

/** Cables that are in already follow the network's MTU; inside, the router sets its own, and guests learn it by DHCP. */
async function setPortMtus({ names }: SegmentHost, segment: SegmentSpec): Promise<void> {
  const ports = await readPorts(names.segment(segment));
  await ipBatch(
    ports
      .filter(port => !names.isSegmentUplink(port.name) && port.mtu !== segment.mtu)
      .map(port => ['link', 'set', 'dev', port.name, 'mtu', String(segment.mtu)]),
  );
}

/** Throws `in_use` while ports are attached. */
export async function removeSegment(names: Names, segment: SegmentRef): Promise<void> {
  const bridge = names.segment(segment);
  const uplink = names.segmentUplink(segment);
  if (await linkExists(bridge)) {
    const ports = (await readPorts(bridge)).map(({ name }) => name);
    const others = ports.filter(name => name !== uplink);
    if (others.length > 0)
      throw new IsolaError('in_use', {
        reason: `Segment ${describeSegment(segment)} still has ports: ${others.join(', ')}`,
      });
  }
  await removeLinks([uplink, bridge]);
}

/** Segments that have a bridge or a link to other hosts. */
export async function listSegments(names: Names): Promise<readonly SegmentRef[]> {
  const found = new Map<string, SegmentRef>();
  for (const link of await listLinks()) {
    const segment = names.segmentOf(link);
    if (segment !== null) found.set(describeSegment(segment), segment);
  }
  return [...found.values()].toSorted((a, b) => a.id - b.id);
}

/** `VLAN 123`. */
export function describeSegment({ isolation, id }: SegmentRef): string {
  return `${isolation} ${id}`;
}
