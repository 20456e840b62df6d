import { IsolaError } from '@isola/model';

/** Parameters of a query or form, percent-decoded, in the order sent. */
export type RawPairs = Iterable<readonly [name: string, value: string]>;

/** Parameters of one call, to be looked up by lower-case name. */
export interface RawParams {
  /** The first value sent; absent when not sent or empty. */
  get(name: string): string | undefined;
  /** Records of `name[0].key=value` by index, then those of `name.key=value`. */
  records(name: string): readonly Readonly<Record<string, string>>[];
}

// As CloudStack: line feed and carriage return are the only control characters a value may have.
// oxlint-disable-next-line no-control-regex -- refusing them is the point
const control = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]/;
const indexed = /^([^.[\]]+)\[(\d{1,4})\]\.(.+)$/;
const dotted = /^([^.[\]]+)\.(.+)$/;
/** After every index that `indexed` can match. */
const dottedIndex = 10_000;

/**
 * Folds names to lower case (the part after the dot of a map keeps its case) and takes the first of duplicates, as
 * CloudStack does. Throws `refused_value` for control characters in a name or value.
 */
export function readRawParams(pairs: RawPairs): RawParams {
  const plain = new Map<string, string>();
  const maps = new Map<string, Map<number, Map<string, string>>>();
  for (const [name, value] of pairs) {
    if (control.test(name) || control.test(value)) throw unprintable(name);
    const part = indexed.exec(name);
    if (part !== null) {
      putRecord(maps, { name: part[1] ?? '', index: Number(part[2]), key: part[3] ?? '', value });
      continue;
    }
    putFirst(plain, name.toLowerCase(), value);
    const dot = dotted.exec(name);
    if (dot !== null) {
      putRecord(maps, { name: dot[1] ?? '', index: dottedIndex, key: dot[2] ?? '', value });
    }
  }
  return {
    get: name => plain.get(name) || undefined,
    records: name => sortedRecords(maps.get(name)),
  };
}

interface Entry {
  readonly name: string;
  readonly index: number;
  readonly key: string;
  readonly value: string;
}

function putRecord(maps: Map<string, Map<number, Map<string, string>>>, entry: Entry): void {
  const name = entry.name.toLowerCase();
  const records = maps.get(name) ?? new Map<number, Map<string, string>>();
  maps.set(name, records);
  const record = records.get(entry.index) ?? new Map<string, string>();
  records.set(entry.index, record);
  putFirst(record, entry.key, entry.value);
}

function putFirst(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) map.set(key, value);
}

function sortedRecords(
  records: Map<number, Map<string, string>> | undefined,
): readonly Readonly<Record<string, string>>[] {
  if (records === undefined) return [];
  return [...records].toSorted(([a], [b]) => a - b).map(([, record]) => Object.fromEntries(record));
}

function unprintable(name: string): IsolaError {
  const shown = name.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
  return new IsolaError('refused_value', {
    reason: `Parameter ${shown} contains control characters`,
  });
}
