/** Addresses of a test host with their prefix lengths. */
export interface MachineAddresses {
  readonly mgmt: string;
  /** The underlay of segments. */
  readonly trunk: string;
}

/** Makes a copy of a host somebody of its own. Arguments: host name, machine id, time, entropy. */
export const identityScript = `set -e
hostname "$0"
echo "$0" > /etc/hostname
echo "$1" > /etc/machine-id
date -s "@$2" > /dev/null
echo "$3" > /dev/urandom
rm -f /etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
systemctl restart ssh
`;

/** Files of systemd-networkd with the addresses: they are there after a restart too. */
export function networkFiles(addresses: MachineAddresses): readonly (readonly [string, string])[] {
  return Object.entries(addresses).map(
    ([nic, address]) =>
      [
        `/etc/systemd/network/50-${nic}.network`,
        `[Match]\nName=${nic}0\n\n[Network]\nLinkLocalAddressing=no\nAddress=${address}\n`,
      ] as const,
  );
}
