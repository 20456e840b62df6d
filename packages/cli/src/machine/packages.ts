/** Debian packages by what they are for. The names are the same in Debian 12, Debian 13 and Ubuntu 24.04. */
const packages = {
  product: [
    'ca-certificates',
    'conntrack',
    'dnsmasq-base',
    'iproute2',
    'lxc',
    'mmdebstrap',
    'debian-archive-keyring',
    'nftables',
    'openssh-client',
    'procps',
    'util-linux',
    'zstd',
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
    'curl',
    'dnsmasq-utils',
    'iperf3',
    'iputils-arping',
    'iputils-ping',
    'python3-cs',
    'python3-libcloud',
    'tcpdump',
  ],
} as const;

type Purpose = keyof typeof packages;

/** Names of the packages for some purposes; tests need everything. */
export function packagesFor(...purposes: readonly Purpose[]): readonly string[] {
  const wanted: readonly Purpose[] = purposes.includes('tests')
    ? ['product', 'database', 'templates', 'tests']
    : purposes;
  return wanted.flatMap(purpose => packages[purpose]);
}
