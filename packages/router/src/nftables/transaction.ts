import type { Chain } from './chains.ts';
import type { ElementOp } from './element-store.ts';
import { flowtableDeclaration, usesFlowtable } from './flowtable.ts';
import {
  declareSet,
  type KernelSet,
  type KindName,
  kindNames,
  type Lanes,
  laneSet,
} from './kinds.ts';

export const tableName = 'isola';

/** Statements that make new lanes and drop those that emptied. */
export function laneStatements(
  before: Lanes,
  after: Lanes,
): { readonly create: readonly string[]; readonly drop: readonly string[] } {
  return {
    create: lanesOnlyIn(after, before).map(set => createSet(set)),
    drop: lanesOnlyIn(before, after).map(set => `delete set ip ${tableName} ${set.name}`),
  };
}

function lanesOnlyIn(some: Lanes, others: Lanes): KernelSet[] {
  const has = (kind: KindName, lane: number): boolean => others[kind]?.includes(lane) ?? false;
  return kindNames.flatMap(kind =>
    (some[kind] ?? []).filter(lane => !has(kind, lane)).map(lane => laneSet(kind, lane)),
  );
}

function createSet(set: KernelSet): string {
  const { word, body } = declareSet(set);
  return `add ${word} ip ${tableName} ${set.name} { ${body}}`;
}

/** Statements that write and take out elements, deletions first, one per set. */
export function elementStatements(ops: readonly ElementOp[]): string[] {
  return [...grouped(ops, 'delete'), ...grouped(ops, 'add')];
}

function grouped(ops: readonly ElementOp[], op: ElementOp['op']): string[] {
  const bySet = new Map<string, string[]>();
  for (const item of ops) {
    if (item.op !== op) continue;
    const list = bySet.get(item.set.name) ?? [];
    list.push(op === 'add' ? elementText(item.key, item.data) : item.key);
    bySet.set(item.set.name, list);
  }
  return [...bySet].map(
    ([name, list]) => `${op} element ip ${tableName} ${name} { ${list.join(', ')} }`,
  );
}

/** `key` or `key : value`. */
export function elementText(key: string, data: string | null): string {
  return data === null ? key : `${key} : ${data}`;
}

/** Statements that give a chain its rules anew. */
export function chainStatements(name: string, chain: Chain): string[] {
  return [
    `flush chain ip ${tableName} ${name}`,
    ...chain.rules.map(rule => `add rule ip ${tableName} ${name} ${rule}`),
  ];
}

/** Names of chains whose rules differ. */
export function changedChains(
  before: ReadonlyMap<string, Chain>,
  after: ReadonlyMap<string, Chain>,
): string[] {
  return [...after].flatMap(([name, chain]) =>
    before.get(name)?.rules.join('\n') === chain.rules.join('\n') ? [] : [name],
  );
}

interface WholeTable {
  readonly name: string;
  /** Loaded but not in effect. */
  readonly dormant: boolean;
  readonly sets: readonly KernelSet[];
  readonly chains: ReadonlyMap<string, Chain>;
  /** Elements of a set. */
  readonly elements: (name: string) => Iterable<readonly [key: string, data: string | null]>;
}

/** File that replaces the whole table in one transaction. */
export function renderTable({ name, dormant, sets, chains, elements }: WholeTable): string {
  const lines = [`table ip ${name} { }`, `delete table ip ${name}`, `table ip ${name} {`];
  if (dormant) lines.push('  flags dormant;');
  if (usesFlowtable(chains)) lines.push(...flowtableDeclaration);
  for (const set of sets) {
    const { word, body } = declareSet(set);
    const list: string[] = [];
    for (const [key, data] of elements(set.name)) list.push(elementText(key, data));
    const content = list.length === 0 ? '' : `elements = { ${list.join(',\n    ')} }`;
    lines.push(`  ${word} ${set.name} { ${body}${content}`, '  }');
  }
  for (const [chain, { hook, rules }] of chains) {
    lines.push(`  chain ${chain} {`);
    if (hook !== null) lines.push(`    ${hook}`);
    for (const rule of rules) lines.push(`    ${rule}`);
    lines.push('  }');
  }
  lines.push('}', '');
  return lines.join('\n');
}
