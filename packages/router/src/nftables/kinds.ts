import type { Field } from './box.ts';

/**
 * The kinds of elements and the sets that hold them.
 * `hash`: one set, keys are points. `interval`: one set whose keys may be ranges and must not overlap.
 * `split`: points open to every address go to the hash set `<kind>_open`, other points to the hash set
 * `<kind>_exact`, the rest to interval sets `<kind>_0`, `<kind>_1`, ... (lanes): the kernel refuses overlapping keys
 * within one interval set, so an element goes to the first lane where it overlaps nothing.
 */
export interface Kind {
  readonly layout: 'hash' | 'interval' | 'split';
  readonly fields: readonly Field[];
  /** What packets are matched by, field for field. */
  readonly match: readonly string[];
  /** Type of a map's values; `null` for a set. */
  readonly data: string | null;
  /** How many leading fields are always points: elements that differ in them cannot overlap. */
  readonly group: number;
  /** Fields that `<kind>_open` leaves out; empty when the kind has no such set. */
  readonly wild: readonly number[];
}

const address = 'ipv4_addr';
const port = ['inet_proto', 'inet_service'] as const;
const icmp = ['icmp_type', 'icmp_code'] as const;
const matchPort = ['meta l4proto', 'th dport'];
const matchIcmp = ['icmp type', 'icmp code'];

export const kinds = {
  public: {
    layout: 'hash',
    fields: [address],
    match: ['ip daddr'],
    data: null,
    group: 1,
    wild: [],
  },
  pf: {
    layout: 'hash',
    fields: [address, ...port],
    match: ['ip daddr', ...matchPort],
    data: 'ipv4_addr . inet_service',
    group: 2,
    wild: [],
  },
  pf_range: {
    layout: 'interval',
    fields: [address, ...port],
    match: ['ip daddr', ...matchPort],
    data: 'ipv4_addr',
    group: 2,
    wild: [],
  },
  static_dnat: {
    layout: 'hash',
    fields: [address],
    match: ['ip daddr'],
    data: 'ipv4_addr',
    group: 1,
    wild: [],
  },
  static_snat: {
    layout: 'hash',
    fields: [address],
    match: ['ip saddr'],
    data: 'ipv4_addr',
    group: 1,
    wild: [],
  },
  fw_port: {
    layout: 'split',
    fields: [address, ...port, address],
    match: ['ip daddr', ...matchPort, 'ip saddr'],
    data: null,
    group: 2,
    wild: [3],
  },
  fw_icmp: {
    layout: 'split',
    fields: [address, ...icmp, address],
    match: ['ip daddr', ...matchIcmp, 'ip saddr'],
    data: null,
    group: 1,
    wild: [3],
  },
  fw_all: {
    layout: 'split',
    fields: [address, address],
    match: ['ip daddr', 'ip saddr'],
    data: null,
    group: 1,
    wild: [1],
  },
  eg_port: {
    layout: 'split',
    fields: [...port, address, address],
    match: [...matchPort, 'ip saddr', 'ip daddr'],
    data: null,
    group: 1,
    wild: [2, 3],
  },
  eg_icmp: {
    layout: 'split',
    fields: [...icmp, address, address],
    match: [...matchIcmp, 'ip saddr', 'ip daddr'],
    data: null,
    group: 0,
    wild: [2, 3],
  },
  eg_all: {
    layout: 'split',
    fields: [address, address],
    match: ['ip saddr', 'ip daddr'],
    data: null,
    group: 0,
    wild: [],
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly KindName[];

/** Lanes in use by kind, ascending. */
export type Lanes = Readonly<Partial<Record<KindName, readonly number[]>>>;

/** A set or map of the kernel. */
export interface KernelSet {
  readonly name: string;
  readonly kind: KindName;
  readonly fields: readonly Field[];
  /** Fields of the kind that the key has. */
  readonly places: readonly number[];
  readonly data: string | null;
  readonly interval: boolean;
  /** Number of the lane; `null` for the others. */
  readonly lane: number | null;
}

const fixedSets = new Map<string, KernelSet>();
for (const kind of kindNames) {
  const { layout, fields, data, wild }: Kind = kinds[kind];
  const places = fields.map((_, at) => at);
  const base = { kind, fields, places, data, interval: layout === 'interval', lane: null };
  if (layout !== 'split') {
    fixedSets.set(kind, { ...base, name: kind });
    continue;
  }
  fixedSets.set(`${kind}_exact`, { ...base, name: `${kind}_exact` });
  if (wild.length === 0) continue;
  const kept = places.filter(at => !wild.includes(at));
  fixedSets.set(`${kind}_open`, {
    ...base,
    name: `${kind}_open`,
    fields: fields.filter((_, at) => kept.includes(at)),
    places: kept,
  });
}

/** Sets that always exist. */
export const permanentSets: readonly KernelSet[] = [...fixedSets.values()];

const laneSets = new Map<string, KernelSet>();

/** The set of a lane. */
export function laneSet(kind: KindName, lane: number): KernelSet {
  const name = `${kind}_${lane}`;
  let set = laneSets.get(name);
  if (set === undefined) {
    const { fields }: Kind = kinds[kind];
    const places = fields.map((_, at) => at);
    set = { name, kind, fields, places, data: null, interval: true, lane };
    laneSets.set(name, set);
  }
  return set;
}

/** The set of that name, or `null` when none of ours can have it. */
export function kernelSet(name: string): KernelSet | null {
  const fixed = fixedSets.get(name);
  if (fixed !== undefined) return fixed;
  const [, base, lane] = /^([a-z_]+)_(0|[1-9]\d{0,3})$/.exec(name) ?? [];
  const kind = kindNames.find(known => known === base);
  if (kind === undefined || kinds[kind].layout !== 'split') return null;
  return laneSet(kind, Number(lane));
}

/** Declaration of a set, without elements: `set fw_port_open { type ...; flags interval; }`. */
export function declareSet(set: KernelSet): {
  readonly word: 'map' | 'set';
  readonly body: string;
} {
  const type = set.fields.join(' . ');
  const value = set.data === null ? '' : ` : ${set.data}`;
  return {
    word: set.data === null ? 'set' : 'map',
    body: `type ${type}${value}; ${set.interval ? 'flags interval; ' : ''}`,
  };
}
