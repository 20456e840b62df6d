import { formatBox, parseBox } from './box.ts';
import { kernelSet } from './kinds.ts';

/** A set as listed: declaration lines, and values (or `null`) by key. */
export interface ListedSet {
  readonly declaration: readonly string[];
  readonly elements: ReadonlyMap<string, string | null>;
}

/** A flow table as listed: its declaration but for the devices, and these. */
export interface ListedFlowtable {
  readonly declaration: readonly string[];
  readonly devices: readonly string[];
}

/** A table as listed with `nft -n -s`. */
export interface ListedTable {
  readonly family: string;
  readonly name: string;
  readonly flags: readonly string[];
  readonly sets: ReadonlyMap<string, ListedSet>;
  /** Lines of a chain: the hook, then the rules. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  readonly flowtables: ReadonlyMap<string, ListedFlowtable>;
  /** Objects that we never make: counters, quotas... */
  readonly others: readonly string[];
}

interface OpenTable {
  family: string;
  name: string;
  flags: string[];
  sets: Map<string, ListedSet>;
  chains: Map<string, readonly string[]>;
  flowtables: Map<string, ListedFlowtable>;
  others: string[];
}

/** Parses `nft -n -s list ruleset`. Keys that are none of ours are kept as they are written. */
export function parseRuleset(text: string): ListedTable[] {
  const tables: OpenTable[] = [];
  const lines = text.split('\n');
  let table: OpenTable | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, family, tableNamed] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    if (family !== undefined && tableNamed !== undefined) {
      table = {
        family,
        name: tableNamed,
        flags: [],
        sets: new Map(),
        chains: new Map(),
        flowtables: new Map(),
        others: [],
      };
      tables.push(table);
      continue;
    }
    if (table === null || line.trim() === '' || line === '}') continue;
    const [, word, name] = /^\t(\S+) (\S+) \{$/.exec(line) ?? [];
    if (word === undefined || name === undefined) {
      table.flags.push(line.trim());
      continue;
    }
    const end = lines.indexOf('\t}', at);
    const body = lines.slice(at + 1, end === -1 ? lines.length : end);
    at = end === -1 ? lines.length : end;
    if (word === 'set' || word === 'map') table.sets.set(name, parseSet(`${word} ${name}`, body));
    else if (word === 'chain')
      table.chains.set(
        name,
        body.map(rule => rule.trim()),
      );
    else if (word === 'flowtable') table.flowtables.set(name, parseFlowtable(body));
    else table.others.push(`${word} ${name}`);
  }
  return tables;
}

function parseFlowtable(body: readonly string[]): ListedFlowtable {
  const lines = body.map(line => line.trim());
  const list = lines.flatMap(line => /^devices = \{ (.*) \}$/.exec(line)?.[1] ?? []);
  return {
    declaration: lines.filter(line => !line.startsWith('devices = ')),
    devices: list.flatMap(names => names.split(', ').map(name => name.replaceAll('"', ''))),
  };
}

function parseSet(title: string, body: readonly string[]): ListedSet {
  const start = body.findIndex(line => line.startsWith('\t\telements = {'));
  const declaration = body.slice(0, start === -1 ? body.length : start).map(line => line.trim());
  const elements = new Map<string, string | null>();
  if (start !== -1) {
    const text = body.slice(start).join(' ');
    const inner = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'));
    const name = title.slice(title.indexOf(' ') + 1);
    for (const element of inner.split(',')) addElement(elements, { name, text: element.trim() });
  }
  return { declaration: [title.slice(0, title.indexOf(' ')), ...declaration], elements };
}

function addElement(
  elements: Map<string, string | null>,
  { name, text }: { name: string; text: string },
): void {
  const [key = '', data = null, rest] = text.split(' : ');
  const fields = kernelSet(name)?.fields;
  const box = fields === undefined || rest !== undefined ? null : parseBox(fields, key);
  elements.set(fields === undefined || box === null ? text : formatBox(fields, box), data);
}
