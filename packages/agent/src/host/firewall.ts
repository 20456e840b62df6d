import type { Uplink } from '@isola/model';
import type { Names } from '../names.ts';

export interface HostFirewall {
  readonly names: Names;
  /** CIDR of the public network; needed for the `nat` uplink. */
  readonly publicCidr: string | null;
  readonly uplink: Uplink;
}

/**
 * nftables text that replaces the installation's table in one step. It keeps tenants off the host: nothing that
 * comes in from its bridges is delivered to the host or routed, except answers, pings, and, with the `nat`
 * uplink, what leaves from the public network.
 */
export function renderHostFirewall({ names, publicCidr, uplink }: HostFirewall): string {
  if (publicCidr === null ? uplink.kind === 'nat' : !/^[0-9./]+$/.test(publicCidr))
    throw new Error(`not a CIDR: ${JSON.stringify(publicCidr)}`);
  const { filterTable: table, controlBridge: control, publicBridge: outside } = names;
  const nat = uplink.kind === 'nat';
  const forward = [
    `iifname { "${control}", "i${names.id}n*" } drop`,
    `oifname { "${control}", "i${names.id}n*" } drop`,
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
    `    iifname "i${names.id}n*" drop`,
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

/** nftables text that removes the table, whether or not it is there. */
export function renderHostFirewallRemoval(names: Names): string {
  return `table inet ${names.filterTable}\ndelete table inet ${names.filterTable}\n`;
}
