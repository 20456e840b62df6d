import {
  type Cidr,
  cidr,
  cidrContains,
  cidrOf,
  cidrsOverlap,
  formatCidr,
  formatIpv4,
  IsolaError,
  ipv4,
  parseNetmask,
  rangeOf,
} from '@isola/model';

/** Addresses of a guest network: its block, and the router's address in it. */
export interface GuestRange {
  readonly cidr: string;
  readonly gateway: string;
}

/** Longest prefix: room for a router and a few guests. */
const longestPrefix = 29;
const defaultPrefix = 24;
/** Blocks that are not routed on the internet (RFC 1918, RFC 6598). */
const privateBlocks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(cidr);

interface AskedRange {
  readonly gateway: string;
  readonly netmask: string;
  /** The setting `network.guest.cidr.limit`. */
  readonly shortestPrefix: number;
}

/** The range that gateway and netmask name. 431 when it cannot be a guest network. */
export function askedRange(asked: AskedRange): GuestRange {
  const gateway = ipv4(asked.gateway);
  const prefix = parseNetmask(asked.netmask);
  if (prefix === null) throw refused(`Invalid netmask ${asked.netmask}`);
  if (prefix < asked.shortestPrefix || prefix > longestPrefix)
    throw refused(
      `netmask ${asked.netmask}: a guest network has a prefix of ${asked.shortestPrefix} to ${longestPrefix} bits, not ${prefix}`,
    );
  const block = cidrOf(gateway, prefix);
  const { first, last } = rangeOf(block);
  if (gateway === first || gateway === last)
    throw refused(
      `gateway ${asked.gateway} is the network or broadcast address of ${formatCidr(block)}`,
    );
  if (!isPrivateBlock(block))
    throw refused(
      `The guest CIDR ${formatCidr(block)} is not private: use RFC 1918 or RFC 6598 addresses`,
    );
  return { cidr: formatCidr(block), gateway: formatIpv4(gateway) };
}

/** The first block of the zone's guest addresses, or after them, that overlaps none of `taken`. `insufficient_address` when there is none. */
export function defaultRange(zoneCidr: string, taken: readonly string[]): GuestRange {
  const zone = cidr(zoneCidr);
  const prefix = Math.max(zone.prefix, defaultPrefix);
  const size = 2 ** (32 - prefix);
  const blocks = taken.map(cidr);
  for (let base = zone.base; base + size <= 2 ** 32; ) {
    const block = cidrOf(base, prefix);
    if (!isPrivateBlock(block)) break;
    const other = blocks.find(one => cidrsOverlap(one, block));
    if (other === undefined) return { cidr: formatCidr(block), gateway: formatIpv4(base + 1) };
    base = nextBase(rangeOf(other).last, size);
  }
  throw new IsolaError('insufficient_address', {
    reason: `no guest network is free from ${zoneCidr} on; give gateway and netmask`,
  });
}

/** Which of `taken` shares an address with the block, if any. */
export function overlapping(block: string, taken: readonly string[]): string | undefined {
  return taken.find(one => cidrsOverlap(cidr(one), cidr(block)));
}

/** Whether all its addresses are private (RFC 1918, RFC 6598). */
export function isPrivateBlock(block: Cidr): boolean {
  return privateBlocks.some(one => one.prefix <= block.prefix && cidrContains(one, block.base));
}

function nextBase(last: number, size: number): number {
  return Math.ceil((last + 1) / size) * size;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
