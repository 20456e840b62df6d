import type { RouterHeader } from '@isola/model';
import { routerHealthPort, routerSshPort } from '@isola/model';
import { offloadRule } from './flowtable.ts';
import { type Kind, type KindName, kinds, type Lanes } from './kinds.ts';
import { controlNic, guestNic, publicNic } from './nics.ts';

/** A chain: its hook line (`null` when only jumped to) and its rules, as given to nftables. */
export interface Chain {
  readonly hook: string | null;
  readonly rules: readonly string[];
}

const fromControl = `iifname "${controlNic}"`;
const fromGuest = `iifname "${guestNic}"`;
const toGuest = `oifname "${guestNic}"`;
const fromPublic = `iifname "${publicNic}"`;
const toPublic = `oifname "${publicNic}"`;

/**
 * The chains of table `ip isola`, by name, in the order of the file. They depend on the header, on the lanes in
 * use and on whether the kernel has flow tables, not on the number of rules.
 */
export function renderChains(
  header: RouterHeader,
  { lanes, offload }: { readonly lanes: Lanes; readonly offload: boolean },
): ReadonlyMap<string, Chain> {
  const exception = header.egressDefault === 'allow' ? 'drop' : 'accept';
  return new Map<string, Chain>([
    ['fw_port', membership('fw_port', { lanes, verdict: 'accept' })],
    ['fw_icmp', membership('fw_icmp', { lanes, verdict: 'accept' })],
    ['fw_all', membership('fw_all', { lanes, verdict: 'accept' })],
    ['public_firewall', publicFirewall()],
    ['eg_port', membership('eg_port', { lanes, verdict: exception })],
    ['eg_icmp', membership('eg_icmp', { lanes, verdict: exception })],
    ['eg_all', membership('eg_all', { lanes, verdict: exception })],
    ['egress', egress(header)],
    ['firewall', firewall(header)],
    [
      'nat_prerouting',
      { hook: 'type nat hook prerouting priority dstnat; policy accept;', rules: destinationNat },
    ],
    [
      'nat_output',
      { hook: 'type nat hook output priority -100; policy accept;', rules: destinationNat },
    ],
    ['nat_postrouting', sourceNat(header)],
    ['forward', forward(header, offload)],
    ['input', input(header)],
  ]);
}

/** One rule per set of a kind: what is in it gets the verdict. */
function membership(kind: KindName, { lanes, verdict }: { lanes: Lanes; verdict: string }): Chain {
  const { match, wild }: Kind = kinds[kind];
  const all = match.join(' . ');
  const kept = match.filter((_, at) => !wild.includes(at)).join(' . ');
  return {
    hook: null,
    rules: [
      ...(wild.length > 0 ? [`${kept} @${kind}_open ${verdict}`] : []),
      `${all} @${kind}_exact ${verdict}`,
      ...(lanes[kind] ?? []).map(lane => `${all} @${kind}_${lane} ${verdict}`),
    ],
  };
}

function byProtocol(side: 'fw' | 'eg'): string {
  return `ip protocol vmap { tcp : jump ${side}_port, udp : jump ${side}_port, icmp : jump ${side}_icmp }`;
}

/** Decides on new connections to a public address, before any translation. */
function publicFirewall(): Chain {
  return { hook: null, rules: [byProtocol('fw'), 'jump fw_all', 'counter drop'] };
}

function firewall({ guest }: RouterHeader): Chain {
  return {
    hook: 'type filter hook prerouting priority mangle; policy accept;',
    rules: [
      'iifname "lo" accept',
      // A guest sends from the guest network only, but for a DHCP client without a lease.
      `${fromGuest} ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept`,
      // Answers to what the router asks for its guests come through their gateway.
      ...(guest.gateway === undefined ? [] : ['ct state established,related accept']),
      `${fromGuest} ip saddr != ${guest.cidr} counter drop`,
      `${fromPublic} ip saddr ${guest.cidr} counter drop`,
      'ct state invalid counter drop',
      'ct state established,related accept',
      'ip daddr @public goto public_firewall',
    ],
  };
}

const destinationNat: readonly string[] = [
  'meta l4proto { tcp, udp } dnat ip to ip daddr . meta l4proto . th dport map @pf',
  'meta l4proto { tcp, udp } dnat ip to ip daddr . meta l4proto . th dport map @pf_range',
  'dnat ip to ip daddr map @static_dnat',
];

function sourceNat(header: RouterHeader): Chain {
  const { guest } = header;
  return {
    hook: 'type nat hook postrouting priority srcnat; policy accept;',
    rules: [
      // Hairpin: answers must come back through the router.
      `${fromGuest} ${toGuest} ct status dnat masquerade`,
      `${toPublic} snat ip to ip saddr map @static_snat`,
      header.sourceNat === null
        ? `${toPublic} ip saddr ${guest.cidr} counter drop`
        : `${toPublic} ip saddr ${guest.cidr} counter snat to ${header.sourceNat}`,
    ],
  };
}

function forward({ guest, public: side }: RouterHeader, offload: boolean): Chain {
  return {
    hook: 'type filter hook forward priority filter; policy drop;',
    rules: [
      ...(side === null || side.mtu === guest.mtu ? [] : [clampSegments(side.mtu, guest.mtu)]),
      ...(offload ? [offloadRule] : []),
      'ct state established,related counter accept',
      'ct state invalid counter drop',
      `${toGuest} ct status dnat counter accept`,
      `${fromGuest} ${toPublic} ip saddr ${guest.cidr} jump egress`,
      'counter',
    ],
  };
}

/** Ends agree on TCP segments that fit both sides: messages about larger ones are lost too often. It never raises them. */
function clampSegments(...mtus: readonly number[]): string {
  const headers = 40;
  return `tcp flags & (syn | rst) == syn tcp option maxseg size set ${Math.min(...mtus) - headers}`;
}

function egress({ egressDefault }: RouterHeader): Chain {
  const rest = egressDefault === 'allow' ? 'counter accept' : 'counter drop';
  return { hook: null, rules: [byProtocol('eg'), 'jump eg_all', rest] };
}

/** What reaches the router itself. An address of the public side answers pings that `firewall` let through, nothing else. */
function input(header: RouterHeader): Chain {
  const { control, guest } = header;
  const operator = `${fromControl} ip saddr ${control.gateway} ip daddr ${control.address}`;
  const client = `${fromGuest} ip saddr ${guest.cidr} ip daddr ${guest.address}`;
  return {
    hook: 'type filter hook input priority filter; policy drop;',
    rules: [
      'iifname "lo" accept',
      'ct state established,related counter accept',
      'ct state invalid counter drop',
      `${operator} tcp dport { ${routerSshPort}, ${routerHealthPort} } accept`,
      `${operator} icmp type echo-request accept`,
      ...(header.dhcp ? [`${fromGuest} udp sport 68 udp dport 67 accept`] : []),
      ...(header.dns ? [`${client} meta l4proto { tcp, udp } th dport 53 accept`] : []),
      `${client} icmp type echo-request accept`,
      'ip daddr @public icmp type echo-request accept',
      'counter',
    ],
  };
}
