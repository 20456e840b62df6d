import { formatCidr, formatIpv4, type Ipv4, parseCidr, parseIpv4 } from '@isola/model';

/** First and last value, both included. */
export type Interval = readonly [first: number, last: number];
/** One interval per field of a set's key. */
export type Box = readonly Interval[];
/** What a field of a key holds; the names are nftables'. */
export type Field = 'ipv4_addr' | 'inet_proto' | 'inet_service' | 'icmp_type' | 'icmp_code';

export const protocolNumbers = { icmp: 1, tcp: 6, udp: 17 } as const;

const LARGEST: Readonly<Record<Field, number>> = {
  ipv4_addr: 0xffffffff,
  inet_proto: 255,
  inet_service: 65535,
  icmp_type: 255,
  icmp_code: 255,
};

/** Every value of a field. */
export function fullInterval(field: Field): Interval {
  return [0, LARGEST[field]];
}

export function isPoint(interval: Interval): boolean {
  return interval[0] === interval[1];
}

export function isFull(field: Field, interval: Interval): boolean {
  return interval[0] === 0 && interval[1] === LARGEST[field];
}

export function boxesOverlap(a: Box, b: Box): boolean {
  return a.every((interval, at) => {
    const other = b[at];
    return other !== undefined && interval[0] <= other[1] && other[0] <= interval[1];
  });
}

export function boxContains(box: Box, point: readonly number[]): boolean {
  return box.every((interval, at) => {
    const value = point[at];
    return value !== undefined && interval[0] <= value && value <= interval[1];
  });
}

/** Key of an element as nftables takes it, in one form for equal boxes: `203.0.113.10 . 6 . 80-90`. */
export function formatBox(fields: readonly Field[], box: Box): string {
  return fields.map((field, at) => formatField(field, box[at] ?? fullInterval(field))).join(' . ');
}

function formatField(field: Field, [first, last]: Interval): string {
  if (field !== 'ipv4_addr') return first === last ? String(first) : `${first}-${last}`;
  if (first === last) return formatIpv4(first);
  const prefix = prefixOf(first, last);
  return prefix === null
    ? `${formatIpv4(first)}-${formatIpv4(last)}`
    : formatCidr({ base: first, prefix });
}

function prefixOf(first: Ipv4, last: Ipv4): number | null {
  const size = last - first + 1;
  const bits = Math.log2(size);
  return Number.isInteger(bits) && first % size === 0 ? 32 - bits : null;
}

/** Parses a key as nftables prints it with numbers, or `null`. */
export function parseBox(fields: readonly Field[], text: string): Box | null {
  const parts = text.split(' . ');
  if (parts.length !== fields.length) return null;
  const box: Interval[] = [];
  for (const [at, field] of fields.entries()) {
    const interval = parseField(field, parts[at] ?? '');
    if (interval === null) return null;
    box.push(interval);
  }
  return box;
}

function parseField(field: Field, text: string): Interval | null {
  if (field === 'ipv4_addr' && text.includes('/')) {
    const block = parseCidr(text);
    return block === null ? null : [block.base, block.base + 2 ** (32 - block.prefix) - 1];
  }
  const [from, to, rest] = text.split('-');
  if (from === undefined || rest !== undefined) return null;
  const first = parseValue(field, from);
  const last = to === undefined ? first : parseValue(field, to);
  return first === null || last === null || first > last ? null : [first, last];
}

function parseValue(field: Field, text: string): number | null {
  if (field === 'ipv4_addr') return parseIpv4(text);
  if (!/^\d{1,5}$/.test(text)) return null;
  const value = Number(text);
  return value > LARGEST[field] ? null : value;
}
