import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** IPv4 addresses that are not on the internet (IANA's special-purpose registry), as `address/prefix`. */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** The internet in IPv6, and what is inside that is not: documentation, and tunnels whose addresses hide IPv4 ones. */
const global6 = '2000::/3';
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const internal4 = listOf(special4);
const internet6 = listOf([global6]);
const internal6 = listOf(special6);

/**
 * Whether the server may fetch from an address for a tenant: one on the internet that is not the machine's own, or one in
 * the CIDRs that the operator allows.
 */
export function mayFetchFrom(address: string, allowed: readonly string[]): boolean {
  const family = familyOf(address);
  if (family === null) return false;
  if (listOf(allowed).check(address, family)) return true;
  if (ownAddresses().includes(address)) return false;
  return family === 'ipv4'
    ? !internal4.check(address, family)
    : internet6.check(address, family) && !internal6.check(address, family);
}

/** Whether the text is `address` or `address/prefix`. */
export function isSite(text: string): boolean {
  const [, address = '', prefix = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = familyOf(address);
  return family !== null && Number(prefix) <= (family === 'ipv4' ? 32 : 128);
}

function listOf(sites: readonly string[]): BlockList {
  const list = new BlockList();
  for (const site of sites) {
    const [address = '', prefix] = site.split('/');
    const family = familyOf(address);
    if (family === null) continue;
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) ? 'ipv6' : null;
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(one => one.address));
}
