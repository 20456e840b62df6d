import { controlNic, guestNic, publicNic } from '../nftables/nics.ts';
import type { Run } from '../system/run.ts';

const perNic = [controlNic, guestNic, publicNic];

/** Kernel settings of a router. */
const settings: ReadonlyMap<string, string> = new Map([
  ['net.ipv4.ip_forward', '1'],
  // No packet with a source that its NIC does not lead to. The larger value counts, and many hosts hand down a lax 2.
  ...each(name => `net.ipv4.conf.${name}.rp_filter`, '1'),
  // An address answers ARP on its own NIC only: the control address never shows on the others.
  ['net.ipv4.conf.all.arp_ignore', '1'],
  ['net.ipv4.conf.all.arp_announce', '2'],
  ['net.ipv4.conf.all.accept_redirects', '0'],
  ['net.ipv4.conf.all.accept_source_route', '0'],
  // Removing the first address of a NIC keeps the others.
  ['net.ipv4.conf.all.promote_secondaries', '1'],
  ...each(name => `net.ipv4.conf.${name}.send_redirects`, '0'),
  // There is no IPv6 in these networks, and so no rules for it.
  ...each(name => `net.ipv6.conf.${name}.disable_ipv6`, '1'),
  // Connections that were taken over from another router go on.
  ['net.netfilter.nf_conntrack_tcp_be_liberal', '1'],
]);

function each(key: (name: string) => string, value: string): (readonly [string, string])[] {
  return ['all', 'default', ...perNic].map(name => [key(name), value] as const);
}

/** Sets what differs; settings that this kernel or a missing NIC does not have are left out. Gives what differed. */
export async function compareSysctls(run: Run): Promise<string[]> {
  const { stdout } = await run(['sysctl', '-e', ...settings.keys()]);
  const details: string[] = [];
  const changes: string[] = [];
  for (const line of stdout.split('\n')) {
    const [key = '', value = ''] = line.split(' = ');
    const wanted = settings.get(key);
    if (wanted === undefined || wanted === value.trim()) continue;
    details.push(`${key} was ${value.trim()}`);
    changes.push(`${key}=${wanted}`);
  }
  if (changes.length === 0) return [];
  const { code, stderr } = await run(['sysctl', '-q', '-w', ...changes]);
  if (code !== 0) throw new Error(`sysctl: ${stderr.trim()}`);
  return details;
}
