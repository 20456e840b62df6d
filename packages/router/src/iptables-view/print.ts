import type { ViewedChain } from './listing.ts';
import type { IptablesRule } from './translate.ts';

export interface PrintedChain extends Omit<ViewedChain, 'rules'> {
  readonly rules: readonly IptablesRule[];
}

/** As `iptables -S` prints; with counters as `-S -v`. */
export function printRules(chains: readonly PrintedChain[], verbose: boolean): string {
  const lines = chains.map(({ name, policy }) =>
    policy === null ? `-N ${name}` : `-P ${name} ${policy}`,
  );
  for (const { name, rules } of chains) {
    for (const rule of rules) lines.push(`-A ${name} ${ruleText(rule, verbose)}`);
  }
  return `${lines.join('\n')}\n`;
}

function ruleText(rule: IptablesRule, verbose: boolean): string {
  const option = (flag: string, value: string | null): string[] => {
    if (value === null) return [];
    return value.startsWith('! ') ? ['!', flag, value.slice(2)] : [flag, value];
  };
  return [
    ...option('-s', rule.source),
    ...option('-d', rule.destination),
    ...option('-i', rule.input),
    ...option('-o', rule.output),
    ...option('-p', rule.protocol),
    ...rule.matches,
    ...(verbose ? ['-c', rule.packets, rule.bytes] : []),
    ...rule.target,
  ].join(' ');
}

/** As `iptables -L -n` prints, or `-L -n -v`. */
export function printTable(chains: readonly PrintedChain[], verbose: boolean): string {
  return chains.map(chain => chainText(chain, verbose)).join('\n');
}

const plainHead = ['target    ', 'prot', 'opt', 'source              ', 'destination'];
const verboseHead = [
  ' pkts',
  'bytes',
  'target    ',
  'prot',
  'opt',
  'in    ',
  'out   ',
  'source              ',
  'destination',
];

function chainText({ name, policy, rules }: PrintedChain, verbose: boolean): string {
  const head = verbose ? verboseHead : plainHead;
  const lines = [
    `Chain ${name} (${policy === null ? 'user chain' : `policy ${policy}`})`,
    head.join(' '),
  ];
  for (const rule of rules) {
    const target = (rule.target[1] ?? '').padEnd(10);
    const protocol = (rule.protocol ?? 'all').padEnd(4);
    const addresses = [address(rule.source).padEnd(20), address(rule.destination).padEnd(20)];
    const nics = [(rule.input ?? '*').padEnd(6), (rule.output ?? '*').padEnd(6)];
    const counters = [rule.packets.padStart(5), rule.bytes.padStart(5)];
    const extra = [...rule.matches, ...rule.target.slice(2)].join(' ');
    const columns = verbose
      ? [...counters, target, protocol, '-- ', ...nics, ...addresses, extra]
      : [target, protocol, '-- ', ...addresses, extra];
    lines.push(columns.join(' ').trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

function address(text: string | null): string {
  return text === null ? '0.0.0.0/0' : text.replace('! ', '!').replace(/\/32$/, '');
}
