import { type ListedTable, parseRuleset } from '../nftables/read-ruleset.ts';
import { tableName } from '../nftables/transaction.ts';

export type { ListedSet } from '../nftables/read-ruleset.ts';

/** Fields of a concatenation: `ip daddr . th dport`. */
export function fields(concatenation: string): string[] {
  return concatenation.split(' . ');
}

/** Where chains of ours are in iptables' tables; the others are listed under `filter` by their own name. */
const builtIn: Readonly<Record<string, readonly [table: string, chain: string]>> = {
  firewall: ['mangle', 'PREROUTING'],
  nat_prerouting: ['nat', 'PREROUTING'],
  nat_output: ['nat', 'OUTPUT'],
  nat_postrouting: ['nat', 'POSTROUTING'],
  input: ['filter', 'INPUT'],
  forward: ['filter', 'FORWARD'],
};
const mangleChains = new Set(['public_firewall', 'fw_port', 'fw_icmp', 'fw_all']);

/** Built-in chains of iptables' tables, in its order. */
export const tables: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

/** A chain under its iptables name. */
export interface ViewedChain {
  readonly name: string;
  /** `null` for a chain that is only jumped to. */
  readonly policy: string | null;
  readonly rules: readonly string[];
}

/** The chains of an iptables table, built-in ones first, and our table's sets. */
export function viewTable(
  listing: string,
  table: string,
): { readonly chains: readonly ViewedChain[]; readonly sets: ListedTable['sets'] } {
  const ours = parseRuleset(listing).find(({ name }) => name === tableName);
  const present = new Map<string, ViewedChain>();
  const others: ViewedChain[] = [];
  for (const [chain, lines] of ours?.chains ?? []) {
    const place = builtIn[chain];
    const hook = lines.find(line => line.startsWith('type '));
    const rules = lines.filter(line => line !== hook);
    if (place !== undefined) {
      const [, policy = 'accept'] = /policy (\w+);/.exec(hook ?? '') ?? [];
      const [where, name] = place;
      if (where === table) present.set(name, { name, policy: policy.toUpperCase(), rules });
    } else if ((mangleChains.has(chain) ? 'mangle' : 'filter') === table) {
      others.push({ name: chain, policy: null, rules });
    }
  }
  const first = (tables[table] ?? []).map(
    name => present.get(name) ?? { name, policy: 'ACCEPT', rules: [] },
  );
  return { chains: [...first, ...others], sets: ours?.sets ?? new Map() };
}
