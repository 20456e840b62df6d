import type { Names } from '../names.ts';
import { run } from '../process/run.ts';
import { quieten } from './bridge.ts';
import { type BridgeCommand, bridgeBatch, type FdbEntry, parseFdb } from './fdb.ts';
import { type IpCommand, ipBatch, removeLinks } from './ip-batch.ts';
import { type LinkState, readLink } from './link-state.ts';
import type { UnderlayLink } from './underlay.ts';

/** IANA's UDP port for VXLAN. */
export const vxlanPort = 4789;

const hops = 64;
/** What has no entry of its own is sent to each of these. */
const everything = '00:00:00:00:00:00';

/** The VXLAN device of a segment, a port of its bridge. */
export interface VxlanLink {
  readonly name: string;
  readonly vni: number;
  readonly underlay: UnderlayLink;
  readonly bridge: string;
  readonly mtu: number;
  /** Addresses of the other hosts that carry the segment. */
  readonly peers: readonly string[];
}

/**
 * Makes the device, or puts it right, with exactly its peers. A frame to a station not yet heard of goes to every
 * peer (no multicast); the device learns from their frames where stations are, so that the rest goes to one.
 */
export async function ensureVxlan(vxlan: VxlanLink): Promise<void> {
  const before = await readLink(vxlan.name);
  const fits = before !== null && isOf(before, vxlan);
  if (before !== null && !fits) await removeLinks([vxlan.name]);
  if (!fits) await make(vxlan);
  await quieten(vxlan.name, 'never');
  await setPeers(vxlan);
  await ipBatch(differences(vxlan, fits ? before : null));
}

/** What was learnt may age out while it is taken out, which `bridge` calls a failure: what is left then decides. */
async function setPeers(vxlan: VxlanLink): Promise<void> {
  const read = async (): Promise<readonly BridgeCommand[]> => {
    const text = await run('bridge', ['-json', 'fdb', 'show', 'dev', vxlan.name]);
    return peerCommands(vxlan, parseFdb(text));
  };
  const commands = await read();
  if (commands.length === 0) return;
  try {
    await bridgeBatch(commands);
  } catch (error) {
    if ((await read()).length > 0) throw error;
  }
}

function isOf({ vxlan }: LinkState, { vni, underlay }: VxlanLink): boolean {
  return (
    vxlan !== null &&
    vxlan.id === vni &&
    vxlan.local === underlay.address &&
    vxlan.parent === underlay.link.name &&
    vxlan.port === vxlanPort &&
    vxlan.group === null &&
    vxlan.ttl === hops
  );
}

async function make({ name, vni, underlay, mtu }: VxlanLink): Promise<void> {
  const kind = ['type', 'vxlan', 'id', String(vni), 'dstport', String(vxlanPort)];
  const way = ['local', underlay.address, 'dev', underlay.link.name, 'ttl', String(hops)];
  await ipBatch([
    ['link', 'add', 'name', name, 'mtu', String(mtu), ...kind, ...way, 'learning'],
    ['link', 'set', 'dev', name, 'addrgenmode', 'none'],
  ]);
}

function differences(vxlan: VxlanLink, link: LinkState | null): readonly IpCommand[] {
  const { name, bridge, mtu } = vxlan;
  return [
    ...(link === null || link.mtu === mtu
      ? []
      : [['link', 'set', 'dev', name, 'mtu', String(mtu)]]),
    ...(link?.master === bridge ? [] : [['link', 'set', 'dev', name, 'master', bridge]]),
    ...(link?.up === true ? [] : [['link', 'set', 'dev', name, 'up']]),
  ];
}

/** Adds the peers that are missing; takes out every other place that frames would be sent to, given or learnt. */
export function peerCommands(
  { name, peers }: Pick<VxlanLink, 'name' | 'peers'>,
  entries: readonly FdbEntry[],
): readonly BridgeCommand[] {
  const commands: BridgeCommand[] = [];
  for (const { mac, destination } of entries)
    if (destination !== null && !peers.includes(destination))
      commands.push(['fdb', 'del', mac, 'dev', name, 'dst', destination]);
  for (const peer of new Set(peers))
    if (!entries.some(({ mac, destination }) => mac === everything && destination === peer))
      commands.push(['fdb', 'append', everything, 'dev', name, 'dst', peer]);
  return commands;
}

/** Underlay addresses of every host that shares a VXLAN segment with this one, read from the kernel. */
export async function vxlanPeers(names: Names): Promise<readonly string[]> {
  const entries = parseFdb(await run('bridge', ['-json', 'fdb', 'show']));
  const peers = entries
    .filter(({ mac, device }) => mac === everything && names.isSegmentUplink(device))
    .flatMap(({ destination }) => destination ?? []);
  return [...new Set(peers)].toSorted();
}
