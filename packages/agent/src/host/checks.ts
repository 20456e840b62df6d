import type { Installation } from '@isola/model';
import { machineChecks } from '../hypervisors/libvirt/checks.ts';
import { containerChecks } from '../hypervisors/lxc/checks.ts';
import { run } from '../process/run.ts';
import { check, checkProgram, type HostCheck } from './check.ts';
import { aloneInNamespace } from './neighbours.ts';

/** What the checks need to know of an installation. */
export type CheckedInstallation = Pick<Installation, 'home' | 'hypervisor' | 'kvm'>;

/**
 * Checks the machine for an installation; changes nothing on it that outlasts the check. For `isola doctor`.
 * Who is not root cannot try the rest.
 */
export async function hostChecks(installation: CheckedInstallation): Promise<readonly HostCheck[]> {
  const root = await check('root', 'Run as root.', () =>
    process.getuid?.() === 0 ? 'running as root' : Promise.reject(new Error('not root')),
  );
  return root.ok ? [root, ...(await checksAsRoot(installation))] : [root];
}

function checksAsRoot({
  home,
  hypervisor,
  kvm,
}: CheckedInstallation): Promise<readonly HostCheck[]> {
  return Promise.all([
    ...programs.map(([program, debianPackage]) => checkProgram(program, debianPackage)),
    check('bridge, cables and packet filter', kernelFix, networkFeatures),
    check(
      'network namespace',
      'Stop the other installation with `isola down --home HOME`, or run this one in a namespace of its own: ip netns exec NAME npm run up',
      () => aloneInNamespace(home),
    ),
    ...(hypervisor === 'LXC' ? containerChecks() : machineChecks(kvm)),
  ]);
}

const kernelFix =
  'Use a kernel with BRIDGE, VETH, NF_TABLES, NF_TABLES_NETDEV, NF_CONNTRACK and NF_NAT (modprobe bridge veth nf_tables).';

/** Programs and the Debian packages that have them. */
const programs = [
  ['ip', 'iproute2'],
  ['bridge', 'iproute2'],
  ['tc', 'iproute2'],
  ['nft', 'nftables'],
  ['conntrack', 'conntrack'],
  ['unshare', 'util-linux'],
  ['flock', 'util-linux'],
  ['sysctl', 'procps'],
] as const;

/** Tries the features in a network namespace that ends with the command. */
async function networkFeatures(): Promise<string> {
  const script = [
    'ip link add name bridge0 type bridge',
    'ip link add name port0 type veth peer name port1',
    'ip link set dev port0 master bridge0',
    'ip link set dev port0 type bridge_slave isolated on',
    'nft -f -',
  ].join(' && ');
  const rules = [
    'table netdev t { chain c { type filter hook ingress device "port0" priority 0; ether type arp accept; }; }',
    'table inet t { chain c { type filter hook input priority 0; ct state established accept; }; }',
    'table ip t { chain c { type nat hook postrouting priority srcnat; masquerade; }; }',
  ].join('\n');
  // The kernel may load a dozen modules for it, on a machine that has just started.
  const options = { input: `${rules}\n`, timeoutMs: 120_000 };
  await run('unshare', ['--net', '/bin/sh', '-c', script], options);
  return 'work';
}
