import { formatIpv4, type Ipv4, type RouterHeader } from '@isola/model';
import { protocolNumbers } from '../nftables/box.ts';
import type { ElementOp, ElementStore } from '../nftables/element-store.ts';
import type { Flow } from './flow.ts';

/** Public addresses whose flows a change may have forbidden or mapped otherwise: those that lost an element. */
export function affectedAddresses(
  ops: readonly ElementOp[],
  { store, header }: { readonly store: ElementStore; readonly header: RouterHeader },
): {
  readonly inbound: readonly string[];
  readonly outbound: readonly string[];
} {
  const inbound = new Set<string>();
  const outbound = new Set<string>();
  // An exception to an open policy forbids; one to a closed policy forbids when it goes.
  const forbids = header.egressDefault === 'allow' ? 'add' : 'delete';
  for (const { op, set, key, data } of ops) {
    if (set.kind.startsWith('eg_')) {
      if (op === forbids)
        for (const address of leavingAddresses(store, header)) outbound.add(address);
      continue;
    }
    if (op !== 'delete') continue;
    if (set.kind === 'static_snat' && data !== null) outbound.add(data);
    else inbound.add(key.split(' . ')[0] ?? key);
    if (set.kind === 'public') outbound.add(key);
  }
  return { inbound: [...inbound], outbound: [...outbound] };
}

/** Public addresses whose flows outwards a new header may forbid or map otherwise. */
export function leftBehind(
  before: RouterHeader,
  { store, header }: { readonly store: ElementStore; readonly header: RouterHeader },
): readonly string[] {
  const policy =
    before.egressDefault === header.egressDefault ? [] : leavingAddresses(store, header);
  return before.sourceNat === null || before.sourceNat === header.sourceNat
    ? policy
    : [before.sourceNat, ...policy];
}

/** The public addresses that guests leave as. */
function leavingAddresses(store: ElementStore, header: RouterHeader): readonly string[] {
  const mapped = [...store.elements('static_dnat')].map(([address]) => address);
  return header.sourceNat === null ? mapped : [header.sourceNat, ...mapped];
}

/** Whether a flow to a public address would be let in and mapped as it is, were it new. */
export function admitsInbound(store: ElementStore, flow: Flow): boolean {
  return opened(store, flow) && target(store, flow) === actualTarget(flow);
}

/** Whether a flow that leaves as a public address would be let out and leave as the same, were it new. */
export function admitsOutbound(store: ElementStore, header: RouterHeader, flow: Flow): boolean {
  const leavesAs = store.value('static_snat', formatIpv4(flow.original.source)) ?? header.sourceNat;
  return leavesAs === formatIpv4(flow.reply.destination) && mayLeave(store, header, flow);
}

function mayLeave(store: ElementStore, header: RouterHeader, flow: Flow): boolean {
  const { protocol, original, icmp } = flow;
  const { source, destination, destinationPort } = original;
  const excepted =
    store.admits('eg_all', [source, destination]) ||
    (icmp === null
      ? store.admits('eg_port', [protocol, destinationPort, source, destination])
      : store.admits('eg_icmp', [icmp.type, icmp.code, source, destination]));
  return excepted !== (header.egressDefault === 'allow');
}

function opened(store: ElementStore, { protocol, original, icmp }: Flow): boolean {
  const { source, destination, destinationPort } = original;
  if (!store.admits('public', [destination])) return false;
  if (store.admits('fw_all', [destination, source])) return true;
  if (icmp !== null) return store.admits('fw_icmp', [destination, icmp.type, icmp.code, source]);
  return store.admits('fw_port', [destination, protocol, destinationPort, source]);
}

/** Where a new packet would go: `address . port`, or the address alone for a protocol without ports. */
function target(store: ElementStore, { protocol, original }: Flow): string {
  const { destination, destinationPort } = original;
  if (!hasPorts(protocol)) {
    return store.covering('static_dnat', [destination]) ?? formatIpv4(destination);
  }
  const point = [destination, protocol, destinationPort];
  const exact = store.covering('pf', point);
  if (exact !== null) return exact;
  const address =
    store.covering('pf_range', point) ??
    store.covering('static_dnat', [destination]) ??
    formatIpv4(destination);
  return `${address} . ${destinationPort}`;
}

function actualTarget({ protocol, reply }: Flow): string {
  const address: Ipv4 = reply.source;
  return hasPorts(protocol) ? `${formatIpv4(address)} . ${reply.sourcePort}` : formatIpv4(address);
}

function hasPorts(protocol: number): boolean {
  return protocol === protocolNumbers.tcp || protocol === protocolNumbers.udp;
}
