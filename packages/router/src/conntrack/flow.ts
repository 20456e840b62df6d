import { type Ipv4, parseIpv4 } from '@isola/model';
import { protocolNumbers } from '../nftables/box.ts';

interface Tuple {
  readonly source: Ipv4;
  readonly destination: Ipv4;
  /** Ports; for ICMP both are 0. */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A tracked connection: the tuple of its first packet, and that of the answers, which shows the translation. */
export interface Flow {
  readonly protocol: number;
  readonly original: Tuple;
  readonly reply: Tuple;
  /** Of the first packet; `null` unless ICMP. */
  readonly icmp: { readonly type: number; readonly code: number; readonly id: number } | null;
}

/** Parses a line of `conntrack -L`, or `null` when it is not a flow. */
export function parseFlow(line: string): Flow | null {
  const protocol = Number(/^\S+\s+(\d+)\s/.exec(line)?.[1] ?? Number.NaN);
  const fields: [string, string][] = [];
  for (const [, name, value] of line.matchAll(/(\w+)=(\S+)/g)) {
    if (name !== undefined && value !== undefined) fields.push([name, value]);
  }
  const second = fields.findIndex(([name], at) => at > 0 && name === 'src');
  if (!Number.isInteger(protocol) || second === -1) return null;
  const first = new Map(fields.slice(0, second));
  const original = tuple(first);
  const reply = tuple(new Map(fields.slice(second).toReversed()));
  if (original === null || reply === null) return null;
  const icmp =
    protocol === protocolNumbers.icmp
      ? { type: number(first, 'type'), code: number(first, 'code'), id: number(first, 'id') }
      : null;
  return { protocol, original, reply, icmp };
}

function number(fields: ReadonlyMap<string, string>, name: string): number {
  return Number(fields.get(name) ?? 0);
}

function tuple(fields: ReadonlyMap<string, string>): Tuple | null {
  const source = parseIpv4(fields.get('src') ?? '');
  const destination = parseIpv4(fields.get('dst') ?? '');
  if (source === null || destination === null) return null;
  const sourcePort = number(fields, 'sport');
  const destinationPort = number(fields, 'dport');
  return { source, destination, sourcePort, destinationPort };
}
