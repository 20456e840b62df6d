import { readFile, writeFile } from 'node:fs/promises';

/** A kernel setting: where it is, what it must be, and when an existing value will do. */
export interface Sysctl {
  readonly path: string;
  readonly value: string;
  readonly accepts: (current: string) => boolean;
}

const exactly = (path: string, value: string): Sysctl => ({
  path,
  value,
  accepts: current => current === value,
});
const atLeast = (path: string, value: number): Sysctl => ({
  path,
  value: String(value),
  accepts: current => Number(current) >= value,
});

/** What the data plane needs; `forwarding` when the host itself routes the public network. */
export function neededSysctls(forwarding: boolean): readonly Sysctl[] {
  return [
    // Tenants' frames must not enter the host's own packet filter and connection table.
    exactly('/proc/sys/net/bridge/bridge-nf-call-iptables', '0'),
    exactly('/proc/sys/net/bridge/bridge-nf-call-ip6tables', '0'),
    exactly('/proc/sys/net/bridge/bridge-nf-call-arptables', '0'),
    // Every dnsmasq and runit holds an inotify instance, and all containers count as one user.
    atLeast('/proc/sys/fs/inotify/max_user_instances', 8192),
    atLeast('/proc/sys/net/ipv4/neigh/default/gc_thresh3', 8192),
    ...(forwarding ? [exactly('/proc/sys/net/ipv4/ip_forward', '1')] : []),
  ];
}

/** Sets what differs. Gives the old values of what it changed; settings that this kernel lacks are passed over. */
export async function applySysctls(sysctls: readonly Sysctl[]): Promise<Record<string, string>> {
  const before: Record<string, string> = {};
  for (const { path, value, accepts } of sysctls) {
    const current = await readFile(path, 'utf8').catch(() => null);
    if (current === null || accepts(current.trim())) continue;
    before[path] = current.trim();
    await writeFile(path, value);
  }
  return before;
}

/** Puts old values back. */
export async function restoreSysctls(before: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, value] of Object.entries(before)) await writeFile(path, value);
}
