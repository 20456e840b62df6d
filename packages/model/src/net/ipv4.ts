import { IsolaError } from '../errors/isola-error.ts';

/** An IPv4 address as an unsigned 32-bit number. */
export type Ipv4 = number;

/** A block of addresses: `base` has its host bits cleared. */
export interface Cidr {
  readonly base: Ipv4;
  readonly prefix: number;
}

const OCTET = /^(?:0|[1-9]\d{0,2})$/;

/** The address that `text` names in dotted form, or `null`. Leading zeros are refused: they mean octal elsewhere. */
export function parseIpv4(text: string): Ipv4 | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    if (!OCTET.test(part)) return null;
    const octet = Number(part);
    if (octet > 255) return null;
    value = value * 256 + octet;
  }
  return value;
}

/** The address that `text` names. Throws `invalid_address`. */
export function ipv4(text: string): Ipv4 {
  const value = parseIpv4(text);
  if (value === null) throw new IsolaError('invalid_address', { address: text });
  return value;
}

/** Dotted form of an address. */
export function formatIpv4(address: Ipv4): string {
  return [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join('.');
}

/** The mask of a prefix length, as a number. */
export function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

/** Dotted netmask of a prefix length. */
export function netmaskOf(prefix: number): string {
  return netmasks[prefix] ?? formatIpv4(maskOf(prefix));
}

/** Lists show one with every NIC. */
const netmasks = Array.from({ length: 33 }, (_, prefix) => formatIpv4(maskOf(prefix)));

/** Prefix length of a dotted netmask, or `null` when its ones are not contiguous. */
export function parseNetmask(text: string): number | null {
  const mask = parseIpv4(text);
  if (mask === null) return null;
  for (let prefix = 0; prefix <= 32; prefix += 1) if (maskOf(prefix) === mask) return prefix;
  return null;
}

/** The block of `prefix` bits that holds `address`. */
export function cidrOf(address: Ipv4, prefix: number): Cidr {
  return { base: (address & maskOf(prefix)) >>> 0, prefix };
}

/** Parses `10.1.1.0/24` (host bits are cleared; a bare address is a /32), or `null`. */
export function parseCidr(text: string): Cidr | null {
  const [address, length, rest] = text.split('/');
  if (address === undefined || rest !== undefined) return null;
  const value = parseIpv4(address);
  if (value === null) return null;
  if (length === undefined) return cidrOf(value, 32);
  if (!/^(?:\d|[12]\d|3[0-2])$/.test(length)) return null;
  return cidrOf(value, Number(length));
}

/** Parses a block. Throws `invalid_cidr`. */
export function cidr(text: string): Cidr {
  const block = parseCidr(text);
  if (block === null) throw new IsolaError('invalid_cidr', { cidr: text });
  return block;
}

/** `10.1.1.0/24`. */
export function formatCidr(block: Cidr): string {
  return `${formatIpv4(block.base)}/${block.prefix}`;
}

/** First and last address of a block, both included. */
export function rangeOf(block: Cidr): { first: Ipv4; last: Ipv4 } {
  return { first: block.base, last: block.base + 2 ** (32 - block.prefix) - 1 };
}

/** Whether `address` lies in `block`. */
export function cidrContains(block: Cidr, address: Ipv4): boolean {
  return (address & maskOf(block.prefix)) >>> 0 === block.base;
}

/** Whether two blocks share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  const prefix = Math.min(a.prefix, b.prefix);
  return (a.base & maskOf(prefix)) >>> 0 === (b.base & maskOf(prefix)) >>> 0;
}
