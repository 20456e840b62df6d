import type { Loaded } from '../config/load.ts';

/** Debian packages by what they are for. The names are the same in Debian 12, Debian 13 and Ubuntu 24.04. */
const packages = {
  product: [
    'ca-certificates',
    'conntrack',
    'dnsmasq-base',
    'iproute2',
    'iputils-ping',
    'nftables',
    'openssh-client',
    'procps',
    'util-linux',
    'zstd',
  ],
  /** For hosts whose routers and guests are containers. */
  containers: ['debian-archive-keyring', 'lxc', 'mmdebstrap'],
  /** For hosts whose routers and guests are virtual machines. */
  kvm: [
    'genisoimage',
    'libvirt-clients',
    'libvirt-daemon-driver-qemu',
    'libvirt-daemon-system',
    'qemu-system-x86',
    'qemu-utils',
  ],
  /** Not needed with `DATABASE_URL`. */
  database: ['postgresql'],
  /** For building templates of virtual machines. */
  templates: [
    'ca-certificates',
    'debian-archive-keyring',
    'e2fsprogs',
    'grub-common',
    'grub-pc-bin',
    'mmdebstrap',
    'qemu-utils',
    'xz-utils',
    'zstd',
  ],
  tests: [
    'ansible',
    'curl',
    'dnsmasq-utils',
    'iperf3',
    'iputils-arping',
    'openssh-server',
    'openssl',
    'python3-cs',
    'python3-libcloud',
    'tcpdump',
  ],
} as const;

type Purpose = keyof typeof packages;

/** Names of the packages for some purposes; tests need everything. */
export function packagesFor(...purposes: readonly Purpose[]): readonly string[] {
  const wanted: readonly Purpose[] = purposes.includes('tests')
    ? ['product', 'containers', 'kvm', 'database', 'templates', 'tests']
    : purposes;
  return wanted.flatMap(purpose => packages[purpose]);
}

/** Names of the packages that an installation needs on its machine. */
export function packagesOf({ installation, privateDatabase }: Loaded): readonly string[] {
  const { hypervisor, localHost, simulator } = installation;
  const bodies = hypervisor === 'LXC' ? 'containers' : 'kvm';
  return packagesFor(
    ...(simulator === null ? (['product'] as const) : []),
    ...(localHost ? ([bodies] as const) : []),
    ...(privateDatabase ? (['database'] as const) : []),
  );
}
