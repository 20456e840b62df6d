import {
  type CollectionItem,
  type CollectionName,
  type Collections,
  cidr,
  collectionNames,
  ipv4,
  type PortForward,
  type RouterHeader,
  rangeOf,
  type TrafficMatch,
} from '@isola/model';
import { type Box, formatBox, fullInterval, type Interval, protocolNumbers } from './box.ts';
import { type KindName, kinds } from './kinds.ts';

/** One element of one kind. Several items may ask for the same one. */
export interface Element {
  readonly kind: KindName;
  readonly box: Box;
  readonly data: string | null;
  /** The box as text, with all fields. */
  readonly key: string;
}

function element(kind: KindName, box: Box, data: string | null = null): Element {
  return { kind, box, data, key: formatBox(kinds[kind].fields, box) };
}

const ANY_ADDRESS = fullInterval('ipv4_addr');

function point(value: number): Interval {
  return [value, value];
}

function block(text: string): Interval {
  const { first, last } = rangeOf(cidr(text));
  return [first, last];
}

function anyOr(value: number): Interval {
  return value === -1 ? [0, 255] : point(value);
}

type Compilers = {
  readonly [N in CollectionName]: (item: CollectionItem<N>, header: RouterHeader) => Element[];
};

const compilers: Compilers = {
  publicAddresses: item => [element('public', [point(ipv4(item.address))])],
  hosts: () => [],
  firewall: item => {
    const daddr = point(ipv4(item.publicAddress));
    return item.sources.map(source =>
      withMatch(item.match, { before: [daddr], after: [block(source)], side: 'fw' }),
    );
  },
  egress: (item, header) => {
    const guest = block(header.guest.cidr);
    // Guests have no other source address, so a block around theirs means any.
    const sources = item.sources.length === 0 ? [ANY_ADDRESS] : item.sources.map(block);
    const from = sources.map(s => (s[0] <= guest[0] && guest[1] <= s[1] ? ANY_ADDRESS : s));
    const to = item.destinations.length === 0 ? [ANY_ADDRESS] : item.destinations.map(block);
    return from.flatMap(saddr =>
      to.map(daddr => withMatch(item.match, { before: [], after: [saddr, daddr], side: 'eg' })),
    );
  },
  portForwards: item => portForwardElements(item),
  staticNats: item => [
    element('static_dnat', [point(ipv4(item.publicAddress))], item.guestAddress),
    element('static_snat', [point(ipv4(item.guestAddress))], item.publicAddress),
  ],
};

function withMatch(
  match: TrafficMatch,
  { before, after, side }: { before: Box; after: Box; side: 'fw' | 'eg' },
): Element {
  switch (match.protocol) {
    case 'tcp':
    case 'udp': {
      const ports: Interval = [match.ports.first, match.ports.last];
      const box = [...before, point(protocolNumbers[match.protocol]), ports, ...after];
      return element(`${side}_port`, box);
    }
    case 'icmp': {
      const box = [...before, anyOr(match.type), anyOr(match.code), ...after];
      return element(`${side}_icmp`, box);
    }
    case 'all':
      return element(`${side}_all`, [...before, ...after]);
  }
}

/** A range that keeps its port numbers is one element; one that is shifted or goes to one port is one per port. */
function portForwardElements(item: PortForward): Element[] {
  const { publicPorts, guestPorts } = item;
  const daddr = point(ipv4(item.publicAddress));
  const protocol = point(protocolNumbers[item.protocol]);
  const guest = item.guestAddress;
  if (
    publicPorts.first < publicPorts.last &&
    publicPorts.first === guestPorts.first &&
    publicPorts.last === guestPorts.last
  ) {
    const box = [daddr, protocol, [publicPorts.first, publicPorts.last] as const];
    return [element('pf_range', box, guest)];
  }
  const elements: Element[] = [];
  const single = guestPorts.first === guestPorts.last;
  for (let port = publicPorts.first; port <= publicPorts.last; port += 1) {
    const target = single ? guestPorts.first : guestPorts.first + port - publicPorts.first;
    elements.push(element('pf', [daddr, protocol, point(port)], `${guest} . ${target}`));
  }
  return elements;
}

/** Elements that items ask for. Throws `invalid_address` or `invalid_cidr`. */
export function compileElements(items: Collections, header: RouterHeader): Element[] {
  return collectionNames.flatMap(name => compileCollection(name, { items, header }));
}

function compileCollection<N extends CollectionName>(
  name: N,
  { items, header }: { items: Collections; header: RouterHeader },
): Element[] {
  const compile: Compilers[N] = compilers[name];
  const list: Collections[N] = items[name];
  return list.flatMap(item => compile(item, header));
}
