import { readFile, readlink, writeFile } from 'node:fs/promises';
import { claim, unclaim } from './claims.ts';

/** A kernel setting: where it is, what it must be, and when an existing value will do. */
interface Sysctl {
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

/**
 * Settings that the whole machine has once. Every dnsmasq and runit watches files, and what all containers watch
 * counts as root's: with a limit, one tenant could use it up for the others and for the host. What is watched counts
 * against the memory of its container, which is limit enough.
 */
const ofMachine: readonly Sysctl[] = [
  atLeast('/proc/sys/fs/inotify/max_user_instances', 2 ** 31 - 1),
  atLeast('/proc/sys/fs/inotify/max_user_watches', 2 ** 31 - 1),
];

/** Settings that every network namespace has for itself. */
const ofNamespace = (forwarding: boolean): readonly Sysctl[] => [
  // Tenants' frames must not enter the host's own packet filter and connection table.
  exactly('/proc/sys/net/bridge/bridge-nf-call-iptables', '0'),
  exactly('/proc/sys/net/bridge/bridge-nf-call-ip6tables', '0'),
  exactly('/proc/sys/net/bridge/bridge-nf-call-arptables', '0'),
  // One table for the machine, but only its first namespace has the setting.
  atLeast('/proc/sys/net/ipv4/neigh/default/gc_thresh3', 8192),
  ...(forwarding ? [exactly('/proc/sys/net/ipv4/ip_forward', '1')] : []),
];

/**
 * Sets the kernel as the data plane needs it; `forwarding` when the host itself routes the public network. Settings
 * that this kernel lacks are passed over.
 */
export async function claimSysctls(home: string, forwarding: boolean): Promise<void> {
  await claim('machine', home, () => apply(ofMachine));
  await claim(await namespaceScope(), home, () => apply(ofNamespace(forwarding)));
}

/** Puts back what no other installation needs. */
export async function unclaimSysctls(home: string): Promise<void> {
  await unclaim(await namespaceScope(), home, restore);
  await unclaim('machine', home, restore);
}

/** Tells network namespaces apart: `net-4026531840`. */
async function namespaceScope(): Promise<string> {
  return (await readlink('/proc/self/ns/net')).replace(/^net:\[(\d+)\]$/, 'net-$1');
}

/** Sets what differs. Gives the old values of what it changed. */
async function apply(sysctls: readonly Sysctl[]): Promise<Record<string, string>> {
  const before: Record<string, string> = {};
  for (const { path, value, accepts } of sysctls) {
    const current = await readFile(path, 'utf8').catch(() => null);
    if (current === null || accepts(current.trim())) continue;
    before[path] = current.trim();
    await writeFile(path, value);
  }
  return before;
}

async function restore(before: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, value] of Object.entries(before)) {
    const current = await readFile(path, 'utf8').catch(() => null);
    // Gone with its kernel module.
    if (current !== null) await writeFile(path, value);
  }
}
