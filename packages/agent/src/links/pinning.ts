/** What a port may send: see `renderPortFilter`. */
export interface PortFilter {
  /** The host's end of the cable; also the table's name. */
  readonly port: string;
  readonly mac: string;
  /** Source addresses; `any` where only the MAC is held to; `null` for a trusted owner. */
  readonly addresses: readonly string[] | 'any' | null;
  /** Bits per second that the instance may send; `null` for no limit. */
  readonly rate: number | null;
}

const portName = /^[a-z0-9]{1,15}$/;
const macPattern = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/;
const ipv4Pattern = /^(?:\d{1,3}\.){3}\d{1,3}$/;

/** Whether the port has anything to filter. */
export function needsFilter(filter: PortFilter): boolean {
  return filter.addresses !== null || filter.rate !== null;
}

/**
 * nftables text that replaces the port's table in one step. What leaves the instance is checked before the bridge
 * sees it: its own MAC, ARP and IPv4 from its own addresses, and asking for a DHCP lease. No DHCP answers, no
 * IPv6, no VLAN tags, nothing else. With addresses of any kind: its own MAC, and no VLAN tags.
 */
export function renderPortFilter(filter: PortFilter): string {
  check(filter);
  const { port, mac, addresses, rate } = filter;
  const rules: string[] = [];
  if (rate !== null) {
    const bytes = Math.max(1, Math.floor(rate / 8));
    // A single segment of an offloading sender has up to 64 KiB; it must fit.
    const burst = Math.max(131_072, Math.floor(bytes / 20));
    rules.push(`limit rate over ${bytes} bytes/second burst ${burst} bytes drop`);
  }
  if (addresses !== null)
    rules.push(`ether saddr != ${mac} drop`, 'ether type { 8021q, 8021ad } drop');
  if (addresses !== null && addresses !== 'any') {
    rules.push(
      `ether type arp arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp saddr ether ${mac} arp saddr ip ${set(['0.0.0.0', ...addresses])} accept`,
      // A machine that moved here says so to the bridges in its guest's name: RARP, of which nobody takes anything.
      'ether type 0x8035 ether daddr ff:ff:ff:ff:ff:ff limit rate 20/second accept',
      'ether type ip ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept',
      'ether type ip udp sport 67 drop',
    );
    if (addresses.length > 0) rules.push(`ether type ip ip saddr ${set(addresses)} accept`);
  }
  const policy = addresses === null || addresses === 'any' ? 'accept' : 'drop';
  return [
    `table netdev ${port}`,
    `delete table netdev ${port}`,
    `table netdev ${port} {`,
    '  chain ingress {',
    `    type filter hook ingress device "${port}" priority 0; policy ${policy};`,
    ...rules.map(rule => `    ${rule}`),
    '  }',
    '}',
    '',
  ].join('\n');
}

/** nftables text that removes the port's table, whether or not it is there. */
export function renderPortFilterRemoval(port: string): string {
  return `table netdev ${port}\ndelete table netdev ${port}\n`;
}

function set(addresses: readonly string[]): string {
  return `{ ${[...new Set(addresses)].join(', ')} }`;
}

function check({ port, mac, addresses }: PortFilter): void {
  if (!portName.test(port)) throw new Error(`not a port's name: ${JSON.stringify(port)}`);
  if (!macPattern.test(mac)) throw new Error(`not a MAC: ${JSON.stringify(mac)}`);
  if (addresses === null || addresses === 'any') return;
  for (const address of addresses)
    if (!ipv4Pattern.test(address)) throw new Error(`not an address: ${JSON.stringify(address)}`);
}
