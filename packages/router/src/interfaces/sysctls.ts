import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controlNic, guestNic, publicNic } from '../nftables/chains.ts';

const perNic = [controlNic, guestNic, publicNic];

/** Kernel settings of a router, below `/proc/sys/net`. */
const settings: readonly (readonly [path: string, value: string])[] = [
  ['ipv4/ip_forward', '1'],
  // No packet with a source that its NIC does not lead to.
  ['ipv4/conf/all/rp_filter', '1'],
  // An address answers ARP on its own NIC only: the control address never shows on the others.
  ['ipv4/conf/all/arp_ignore', '1'],
  ['ipv4/conf/all/arp_announce', '2'],
  ['ipv4/conf/all/accept_redirects', '0'],
  ['ipv4/conf/all/accept_source_route', '0'],
  // Removing the first address of a NIC keeps the others.
  ['ipv4/conf/all/promote_secondaries', '1'],
  ...['all', 'default', ...perNic].map(name => [`ipv4/conf/${name}/send_redirects`, '0'] as const),
  // There is no IPv6 in these networks, and so no rules for it.
  ...['all', 'default', ...perNic].map(name => [`ipv6/conf/${name}/disable_ipv6`, '1'] as const),
  // Connections that were taken over from another router go on.
  ['netfilter/nf_conntrack_tcp_be_liberal', '1'],
];

/** Sets what differs; settings that this kernel or a missing NIC does not have are left out. Gives what differed. */
export async function compareSysctls(): Promise<string[]> {
  const details: string[] = [];
  for (const [path, value] of settings) {
    const file = join('/proc/sys/net', path);
    const now = await readFile(file, 'utf8').catch(() => null);
    if (now === null || now.trim() === value) continue;
    details.push(`${path} was ${now.trim()}`);
    await writeFile(file, value);
  }
  return details;
}
