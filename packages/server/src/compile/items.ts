import { type CollectionName, type Collections, type TrafficMatch } from '@isola/model';
import type {
  AddressSource,
  FirewallSource,
  HostSource,
  NetworkRows,
  PortForwardSource,
} from './rows.ts';

/** What one row says of one collection: the item of its id, or that there is none (any more). */
type Entry<N extends CollectionName> = { id: string; item: Collections[N][number] | null };
export type Entries = { readonly [N in CollectionName]: readonly Entry<N>[] };

const everywhere = '0.0.0.0/0';

/**
 * The entries of every collection that the rows give. `filtered`: the network has the Firewall service; without it
 * nothing limits what public addresses forward.
 */
export function entriesOf(rows: NetworkRows, filtered: boolean): Entries {
  const ingress = rows.firewallRules.filter(row => row.traffic_type === 'Ingress');
  const egress = rows.firewallRules.filter(row => row.traffic_type === 'Egress');
  return {
    publicAddresses: rows.addresses.map(row => entry(row.id, publicAddress(row))),
    hosts: rows.hosts.map(row => entry(row.id, host(row))),
    firewall: [
      ...ingress.map(row => entry(row.id, firewallRule(row))),
      ...(filtered ? [] : rows.addresses.map(row => entry(row.id, openAddress(row)))),
    ],
    egress: egress.map(row => entry(row.id, egressRule(row))),
    portForwards: rows.portForwards.map(row => entry(row.id, portForward(row))),
    staticNats: rows.addresses.map(row => entry(row.id, staticNat(row))),
  };
}

function entry<T>(id: string, item: T | null): { id: string; item: T | null } {
  return { id, item };
}

const held = (row: AddressSource) => row.state === 'Allocating' || row.state === 'Allocated';

function publicAddress(row: AddressSource): Collections['publicAddresses'][number] | null {
  if (!held(row)) return null;
  return {
    id: row.id,
    address: row.address,
    ...(row.other_prefix === null ? {} : { prefix: row.other_prefix }),
  };
}

function staticNat(row: AddressSource): Collections['staticNats'][number] | null {
  if (!held(row) || row.guest_address === null) return null;
  return { id: row.id, publicAddress: row.address, guestAddress: row.guest_address };
}

function openAddress(row: AddressSource): Collections['firewall'][number] | null {
  if (!held(row)) return null;
  return {
    id: row.id,
    publicAddress: row.address,
    match: { protocol: 'all' },
    sources: [everywhere],
  };
}

function host(row: HostSource): Collections['hosts'][number] | null {
  if (row.state === 'Revoke' || row.address === null) return null;
  return {
    id: row.id,
    mac: row.mac,
    address: row.address,
    name: row.instance_name.toLowerCase(),
    ...(row.is_default ? {} : { secondary: true as const }),
  };
}

function firewallRule(row: FirewallSource): Collections['firewall'][number] | null {
  if (row.state === 'Revoke' || row.public_address === null) return null;
  return {
    id: row.id,
    publicAddress: row.public_address,
    match: trafficMatch(row),
    sources: row.sources.toSorted(),
  };
}

function egressRule(row: FirewallSource): Collections['egress'][number] | null {
  if (row.state === 'Revoke') return null;
  return {
    id: row.id,
    match: trafficMatch(row),
    sources: row.sources.toSorted(),
    destinations: row.destinations.toSorted(),
  };
}

function portForward(row: PortForwardSource): Collections['portForwards'][number] | null {
  if (row.state === 'Revoke' || row.public_address === null) return null;
  return {
    id: row.id,
    publicAddress: row.public_address,
    protocol: row.protocol === 'udp' ? 'udp' : 'tcp',
    publicPorts: { first: row.public_first, last: row.public_last },
    guestAddress: row.guest_address,
    guestPorts: { first: row.private_first, last: row.private_last },
  };
}

function trafficMatch(row: FirewallSource): TrafficMatch {
  switch (row.protocol) {
    case 'tcp':
    case 'udp':
      return {
        protocol: row.protocol,
        ports: { first: row.first_port ?? 1, last: row.last_port ?? 65535 },
      };
    case 'icmp':
      return { protocol: 'icmp', type: row.icmp_type ?? -1, code: row.icmp_code ?? -1 };
    default:
      return { protocol: 'all' };
  }
}
