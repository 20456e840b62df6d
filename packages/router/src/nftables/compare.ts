import type { Chain } from './chains.ts';
import type { ElementOp, ElementStore } from './element-store.ts';
import { compareFlowtables, usesFlowtable } from './flowtable.ts';
import type { KernelSet } from './kinds.ts';
import type { NormalForms } from './normal-forms.ts';
import type { ListedTable } from './read-ruleset.ts';
import { tableName } from './transaction.ts';

/** What should be installed. */
export interface Expected {
  readonly store: ElementStore;
  readonly sets: readonly KernelSet[];
  readonly chains: ReadonlyMap<string, Chain>;
  readonly forms: NormalForms;
}

/** What has to be done to get there from what is installed. */
export interface Differences {
  /** The table itself, a set or a chain is missing, foreign or of another type: the table is written anew. */
  readonly reload: boolean;
  readonly ops: readonly ElementOp[];
  /** Chains whose rules differ. */
  readonly chains: readonly string[];
  /** Tables that are not ours: `inet filter`. */
  readonly foreignTables: readonly string[];
  /** One text for each difference. */
  readonly details: readonly string[];
}

/** Table `ip isola`, if it is there. */
export function ourTable(tables: readonly ListedTable[]): ListedTable | undefined {
  return tables.find(table => table.family === 'ip' && table.name === tableName);
}

/** Compares the whole ruleset of the namespace with what should be there. */
export function compareRuleset(expected: Expected, tables: readonly ListedTable[]): Differences {
  const ours = ourTable(tables);
  const foreignTables = tables
    .filter(table => table !== ours)
    .map(table => `${table.family} ${table.name}`);
  const foreign = foreignTables.map(name => `foreign table ${name}`);
  if (ours === undefined) {
    const details = [`table ip ${tableName} is missing`, ...foreign];
    return { reload: true, ops: [], chains: [], foreignTables, details };
  }
  const structure = compareStructure(expected, ours);
  if (structure.length > 0) {
    const ops = foreignElements(expected, ours);
    return { reload: true, ops, chains: [], foreignTables, details: [...structure, ...foreign] };
  }
  const ops = expected.sets.flatMap(set => compareElements(set, expected.store, ours));
  const chains = [...expected.chains].flatMap(([name, chain]) => {
    const listed = ours.chains.get(name) ?? [];
    return expected.forms.chain(chain).join('\n') === listed.join('\n') ? [] : [name];
  });
  const details = [
    ...foreign,
    ...chains.map(name => `rules of chain ${name} differ`),
    ...describe(ops),
  ];
  return { reload: false, ops, chains, foreignTables, details };
}

function compareStructure(expected: Expected, ours: ListedTable): string[] {
  const details: string[] = [];
  if (ours.flags.length > 0) details.push(`table has ${ours.flags.join(' ')}`);
  for (const other of ours.others) details.push(`foreign ${other}`);
  details.push(...compareFlowtables(ours.flowtables, usesFlowtable(expected.chains)));
  const sets = new Map(expected.sets.map(set => [set.name, set]));
  for (const name of ours.sets.keys()) if (!sets.has(name)) details.push(`foreign set ${name}`);
  for (const [name, set] of sets) {
    const listed = ours.sets.get(name);
    if (listed === undefined) details.push(`set ${name} is missing`);
    else if (expected.forms.declaration(set).join('\n') !== listed.declaration.join('\n')) {
      details.push(`set ${name} is declared otherwise`);
    }
  }
  for (const name of ours.chains.keys()) {
    if (!expected.chains.has(name)) details.push(`foreign chain ${name}`);
  }
  for (const [name, chain] of expected.chains) {
    const listed = ours.chains.get(name);
    if (listed === undefined) details.push(`chain ${name} is missing`);
    else if (chain.hook !== null && expected.forms.chain(chain)[0] !== listed[0]) {
      details.push(`chain ${name} is hooked otherwise`);
    }
  }
  return details;
}

function compareElements(set: KernelSet, store: ElementStore, ours: ListedTable): ElementOp[] {
  const ops: ElementOp[] = [];
  const listed = ours.sets.get(set.name)?.elements ?? new Map<string, string | null>();
  for (const [key, data] of listed) {
    if (!store.has(set.name, key) || store.value(set.name, key) !== data) {
      ops.push({ op: 'delete', set, key, data });
    }
  }
  for (const [key, data] of store.elements(set.name)) {
    if (!listed.has(key) || listed.get(key) !== data) ops.push({ op: 'add', set, key, data });
  }
  return ops;
}

/** Elements that a reload takes out, for the sake of the connections they let in. */
function foreignElements(expected: Expected, ours: ListedTable): ElementOp[] {
  return expected.sets
    .flatMap(set => compareElements(set, expected.store, ours))
    .filter(({ op }) => op === 'delete');
}

function describe(ops: readonly ElementOp[]): string[] {
  const counts = new Map<string, number>();
  for (const { op, set } of ops) {
    const text = `${op === 'add' ? 'missing from' : 'foreign in'} ${set.name}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${count} ${text}`);
}
