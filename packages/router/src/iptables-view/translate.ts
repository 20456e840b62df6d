import { fields, type ListedSet } from './listing.ts';

/** A rule in iptables' terms. */
export interface IptablesRule {
  readonly input: string | null;
  readonly output: string | null;
  readonly protocol: string | null;
  readonly source: string | null;
  readonly destination: string | null;
  /** Further matches, as for the command line. */
  readonly matches: readonly string[];
  readonly target: readonly string[];
  readonly packets: string;
  readonly bytes: string;
}

type Part = Partial<IptablesRule>;

const blank: IptablesRule = {
  input: null,
  output: null,
  protocol: null,
  source: null,
  destination: null,
  matches: [],
  target: [],
  packets: '0',
  bytes: '0',
};

const protocolNames: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp' };
const stateNames: Readonly<Record<string, string>> = {
  '0x1': 'INVALID',
  '0x2': 'ESTABLISHED',
  '0x4': 'RELATED',
  '0x8': 'NEW',
  '0x40': 'UNTRACKED',
};

/** What a pattern at the start of the rest of a rule means: one part for each iptables rule that it becomes. */
interface Pattern {
  readonly pattern: RegExp;
  readonly parts: (groups: readonly string[], sets: ReadonlyMap<string, ListedSet>) => Part[];
}

const field = '(?:ip [sd]addr|meta l4proto|th dport|icmp type|icmp code)';
const concatenation = `(${field}(?: \\. ${field})*)`;

const patterns: readonly Pattern[] = [
  { pattern: /^iifname "([^"]+)"/, parts: ([input = '']) => [{ input }] },
  { pattern: /^oifname "([^"]+)"/, parts: ([output = '']) => [{ output }] },
  {
    pattern: new RegExp(`^${concatenation} @(\\w+)`),
    parts: ([match = '', name = ''], sets) =>
      lookup({ match, set: sets.get(name), translate: null }),
  },
  {
    pattern: new RegExp(`^([sd]nat) (?:ip )?to ${concatenation} map @(\\w+)`),
    parts: ([translate = '', match = '', name = ''], sets) =>
      lookup({ match, set: sets.get(name), translate }),
  },
  {
    pattern: /^ip saddr (!= )?([\d./]+)/,
    parts: ([not, address = '']) => [{ source: negated(not, address) }],
  },
  {
    pattern: /^ip daddr (!= )?([\d./]+)/,
    parts: ([not, address = '']) => [{ destination: negated(not, address) }],
  },
  {
    pattern: /^ct state (\S+)/,
    parts: ([states = '']) => {
      const names = states.split(',').map(state => stateNames[state] ?? state.toUpperCase());
      return [{ matches: ['-m', 'conntrack', '--ctstate', names.join(',')] }];
    },
  },
  {
    pattern: /^ct status (?:0x20|dnat)/,
    parts: () => [{ matches: ['-m', 'conntrack', '--ctstate', 'DNAT'] }],
  },
  {
    pattern: /^(tcp|udp) ([sd])port (?:(\d+)|\{ ([\d, ]+) \})/,
    parts: ([protocol = '', side = '', one = '', many = '']) => [
      {
        protocol,
        matches: many
          ? ['-m', 'multiport', `--${side}ports`, many.replaceAll(' ', '')]
          : ['-m', protocol, `--${side}port`, one],
      },
    ],
  },
  {
    pattern: /^meta l4proto \{ ([\d, ]+) \}/,
    parts: ([numbers = '']) =>
      numbers.split(', ').map(number => ({ protocol: protocolName(number) })),
  },
  { pattern: /^th dport (\d+)/, parts: ([port = '']) => [{ matches: ['--dport', port] }] },
  {
    pattern: /^icmp type (\d+)/,
    parts: ([type = '']) => [{ protocol: 'icmp', matches: ['-m', 'icmp', '--icmp-type', type] }],
  },
  {
    pattern: /^ip protocol vmap \{ ([^}]+) \}/,
    parts: ([verdicts = '']) =>
      verdicts.split(',').map(verdict => {
        const [, number = '', chain = ''] = /(\d+) : (?:jump|goto) (\w+)/.exec(verdict) ?? [];
        return { protocol: protocolName(number), target: ['-j', chain] };
      }),
  },
  {
    pattern: /^counter packets (\d+) bytes (\d+)/,
    parts: ([packets = '0', bytes = '0']) => [{ packets, bytes }],
  },
  { pattern: /^masquerade/, parts: () => [{ target: ['-j', 'MASQUERADE'] }] },
  {
    pattern: /^snat to (\S+)/,
    parts: ([to = '']) => [{ target: ['-j', 'SNAT', '--to-source', to] }],
  },
  {
    pattern: /^dnat to (\S+)/,
    parts: ([to = '']) => [{ target: ['-j', 'DNAT', '--to-destination', to] }],
  },
  {
    pattern: /^(accept|drop)/,
    parts: ([verdict = '']) => [{ target: ['-j', verdict.toUpperCase()] }],
  },
  {
    pattern: /^tcp flags [^.]*? tcp option maxseg size set (\d+)/,
    parts: ([size = '']) => [
      {
        protocol: 'tcp',
        matches: ['-m', 'tcp', '--tcp-flags', 'SYN,RST', 'SYN'],
        target: ['-j', 'TCPMSS', '--set-mss', size],
      },
    ],
  },
  { pattern: /^flow add @\w+/, parts: () => [{ target: ['-j', 'FLOWOFFLOAD'] }] },
  { pattern: /^jump (\w+)/, parts: ([chain = '']) => [{ target: ['-j', chain] }] },
  { pattern: /^goto (\w+)/, parts: ([chain = '']) => [{ target: ['-g', chain] }] },
];

/**
 * A listed nftables rule in iptables' terms: as many rules as its sets have elements. A rule that is none of ours is
 * shown as a comment.
 */
export function translateRule(rule: string, sets: ReadonlyMap<string, ListedSet>): IptablesRule[] {
  let rules = [blank];
  let rest = rule;
  while (rest !== '') {
    const found = patterns.map(entry => ({ entry, match: entry.pattern.exec(rest) }));
    const { entry, match } = found.find(candidate => candidate.match !== null) ?? {};
    if (entry === undefined || match === undefined || match === null) {
      return [
        { ...blank, matches: ['-m', 'comment', '--comment', JSON.stringify(`nft: ${rule}`)] },
      ];
    }
    const parts = entry.parts(match.slice(1), sets);
    rules = rules.flatMap(known => parts.flatMap(part => merge(known, part)));
    rest = rest.slice(match[0].length).trimStart();
  }
  return rules;
}

/** Nothing when the two ask for different protocols. */
function merge(rule: IptablesRule, part: Part): IptablesRule[] {
  if (rule.protocol !== null && (part.protocol ?? rule.protocol) !== rule.protocol) return [];
  const matches = [...rule.matches, ...(part.matches ?? [])];
  return [{ ...rule, ...part, matches }];
}

function negated(not: string | undefined, address: string): string {
  const block = address.includes('/') ? address : `${address}/32`;
  return not ? `! ${block}` : block;
}

function protocolName(number: string): string {
  return protocolNames[number] ?? number;
}

interface Lookup {
  /** The fields, as the rule has them. */
  readonly match: string;
  readonly set: ListedSet | undefined;
  /** `dnat` or `snat` when the value says where to. */
  readonly translate: string | null;
}

/** One part for each element of a set. */
function lookup({ match, set, translate }: Lookup): Part[] {
  const names = fields(match);
  return [...(set?.elements ?? [])].map(([key, data]) => {
    const element = elementPart(names, key.split(' . '));
    if (translate === null || data === null) return element;
    const to = data.replace(' . ', ':');
    const target =
      translate === 'snat'
        ? ['-j', 'SNAT', '--to-source', to]
        : ['-j', 'DNAT', '--to-destination', to];
    return { ...element, target };
  });
}

function elementPart(names: readonly string[], values: readonly string[]): Part {
  const value = (name: string): string | null => values[names.indexOf(name)] ?? null;
  const destination = value('ip daddr');
  const source = value('ip saddr');
  const port = value('th dport');
  const type = value('icmp type');
  const code = value('icmp code');
  const number = value('meta l4proto');
  const protocol = type === null ? (number === null ? null : protocolName(number)) : 'icmp';
  const matches: string[] = [];
  if (port !== null) matches.push('-m', protocol ?? 'tcp', '--dport', port.replace('-', ':'));
  if (type !== null && type !== '0-255') {
    matches.push(
      '-m',
      'icmp',
      '--icmp-type',
      code === '0-255' || code === null ? type : `${type}/${code}`,
    );
  }
  return {
    ...(destination === null ? {} : { destination: negated(undefined, destination) }),
    ...(source === null ? {} : { source: negated(undefined, source) }),
    ...(protocol === null ? {} : { protocol }),
    matches,
  };
}
