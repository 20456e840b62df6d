import { parseIpv4, type Uplink } from '@isola/model';
import { vxlanPort } from '../links/vxlan.ts';
import type { Names } from '../names.ts';

export interface HostFirewall {
  readonly names: Names;
  /** CIDR of the public network; needed for the `nat` uplink. */
  readonly publicCidr: string | null;
  readonly uplink: Uplink;
  /** `null` on a machine that is alone: it takes no VXLAN at all. */
  readonly vxlan: VxlanAccess | null;
}

/** Who may send VXLAN packets to this host: frames in them go straight into tenants' segments. */
export interface VxlanAccess {
  /** The host's own address on the underlay. */
  readonly address: string;
  /** Addresses of the hosts that share segments with this one. */
  readonly peers: readonly string[];
}

/**
 * nftables text that replaces the installation's table in one step. It keeps tenants off the host: nothing that
 * comes in from its bridges is delivered to the host or routed, except answers, pings, and, with the `nat`
 * uplink, what leaves from the public network.
 */
export function renderHostFirewall(firewall: HostFirewall): string {
  const { names, publicCidr, uplink, vxlan } = firewall;
  if (publicCidr === null ? uplink.kind === 'nat' : !/^[0-9./]+$/.test(publicCidr))
    throw new Error(`not a CIDR: ${JSON.stringify(publicCidr)}`);
  const { filterTable: table, controlBridge: control, publicBridge: outside } = names;
  const nat = uplink.kind === 'nat';
  const segments = `"i${names.id}n*", "i${names.id}x*"`;
  const forward = [
    `iifname { "${control}", ${segments} } drop`,
    `oifname { "${control}", ${segments} } drop`,
    // Translated to this host's address, a tenant's packet would be taken for one of this host by the others.
    ...(vxlan === null ? [] : [`iifname "${outside}" udp dport ${vxlanPort} drop`]),
    ...(nat
      ? [
          `iifname "${outside}" oifname != "${outside}" ip saddr ${publicCidr} accept`,
          `oifname "${outside}" accept`,
        ]
      : []),
    `iifname "${outside}" drop`,
    `oifname "${outside}" drop`,
  ];
  return [
    `table inet ${table}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
    '  chain input {',
    '    type filter hook input priority -10; policy accept;',
    `    iifname { ${segments} } drop`,
    ...vxlanRules(vxlan).map(rule => `    ${rule}`),
    `    iifname { "${control}", "${outside}" } jump from_bridge`,
    '  }',
    '  chain from_bridge {',
    '    ct state established,related accept',
    '    ip protocol icmp accept',
    '    drop',
    '  }',
    '  chain forward {',
    '    type filter hook forward priority -10; policy accept;',
    ...forward.map(rule => `    ${rule}`),
    '  }',
    ...(nat
      ? [
          '  chain postrouting {',
          '    type nat hook postrouting priority srcnat; policy accept;',
          `    ip saddr ${publicCidr} oifname != "${outside}" masquerade`,
          '  }',
        ]
      : []),
    '}',
    '',
  ].join('\n');
}

function vxlanRules(vxlan: VxlanAccess | null): readonly string[] {
  if (vxlan === null) return [];
  const { address, peers } = vxlan;
  for (const each of [address, ...peers])
    if (parseIpv4(each) === null) throw new Error(`not an address: ${JSON.stringify(each)}`);
  const from = peers.length === 0 ? '' : `ip saddr != { ${peers.join(', ')} } `;
  return [
    `udp dport ${vxlanPort} ip daddr != ${address} drop`,
    `ip daddr ${address} udp dport ${vxlanPort} ${from}drop`,
    `meta nfproto ipv6 udp dport ${vxlanPort} drop`,
  ];
}

/** nftables text that removes the table, whether or not it is there. */
export function renderHostFirewallRemoval(names: Names): string {
  return `table inet ${names.filterTable}\ndelete table inet ${names.filterTable}\n`;
}
