import { Refused } from '../refused.ts';
import { type Box, boxContains, boxesOverlap, formatBox, isFull, isPoint } from './box.ts';
import type { Element } from './elements.ts';
import {
  type KernelSet,
  type Kind,
  type KindName,
  kernelSet,
  kindNames,
  kinds,
  type Lanes,
  laneSet,
} from './kinds.ts';

/** A stored element: its value if it is a map's, how many items ask for it, and where it is. */
interface Entry {
  readonly data: string | null;
  count: number;
  /** Kept only where overlaps matter. */
  readonly box: Box | null;
}

/** One element to write into or take out of a set of the kernel. */
export interface ElementOp {
  readonly op: 'add' | 'delete';
  readonly set: KernelSet;
  readonly key: string;
  readonly data: string | null;
}

/** What a change of the store means for the kernel, in order: deletions, then additions. */
export interface StoreChange {
  readonly ops: readonly ElementOp[];
  readonly lanesBefore: Lanes;
  readonly lanesAfter: Lanes;
}

interface Tally {
  readonly element: Element;
  change: number;
}

/** Where elements are in the kernel already: lane by kind and key. */
export type LanePreference = (kind: KindName, key: string) => number | null;

/**
 * The elements that the configuration asks for, by set of the kernel, with reference counts. A change costs the
 * number of elements it touches; placing a range also looks at the ranges of the same address and protocol.
 */
export class ElementStore {
  readonly #sets = new Map<string, Map<string, Entry>>();
  /** Keys in an interval set, by group. */
  readonly #groups = new Map<string, Map<string, Set<string>>>();
  readonly #preference: LanePreference;
  #undo: (() => void)[] = [];

  constructor(preference: LanePreference = () => null) {
    this.#preference = preference;
  }

  /** Elements of a set of the kernel: value (or `null`) by key. */
  *elements(name: string): Iterable<readonly [key: string, data: string | null]> {
    for (const [key, entry] of this.#sets.get(name) ?? []) yield [key, entry.data];
  }

  size(name: string): number {
    return this.#sets.get(name)?.size ?? 0;
  }

  has(name: string, key: string): boolean {
    return this.#sets.get(name)?.has(key) ?? false;
  }

  /** Value of a key of a map, or `null`. */
  value(name: string, key: string): string | null {
    return this.#sets.get(name)?.get(key)?.data ?? null;
  }

  /** Lanes that hold something. */
  lanes(): Lanes {
    const lanes: Partial<Record<KindName, number[]>> = {};
    for (const name of this.#sets.keys()) {
      const set = kernelSet(name);
      if (set === null || set.lane === null) continue;
      (lanes[set.kind] ??= []).push(set.lane);
    }
    for (const kind of kindNames) lanes[kind]?.sort((a, b) => a - b);
    return lanes;
  }

  /** Removes and adds elements. Throws `Refused`, with nothing changed, when two items map the same key differently. */
  change(removed: Iterable<Element>, added: Iterable<Element>): StoreChange {
    const lanesBefore = this.lanes();
    this.#undo = [];
    const tallies = new Map<string, Tally>();
    for (const element of removed) tally(tallies, element, -1);
    for (const element of added) tally(tallies, element, 1);
    const ops: ElementOp[] = [];
    try {
      for (const { element, change } of tallies.values()) {
        if (change < 0) this.#count(element, { by: change, ops });
      }
      for (const { element, change } of tallies.values()) {
        if (change > 0) this.#count(element, { by: change, ops });
      }
    } catch (error) {
      this.revert();
      throw error;
    }
    return { ops, lanesBefore, lanesAfter: this.lanes() };
  }

  /** Undoes the last change. */
  revert(): void {
    for (const step of this.#undo.toReversed()) step();
    this.#undo = [];
  }

  /** Whether a kind lets a packet through: `point` has one value per field of the kind. */
  admits(kind: KindName, point: readonly number[]): boolean {
    return this.covering(kind, point) !== null;
  }

  /** The value of the element that covers `point` (`''` in a set), or `null`. */
  covering(kind: KindName, point: readonly number[]): string | null {
    const { fields, wild, group, layout }: Kind = kinds[kind];
    const text = (places: readonly number[]): string =>
      formatBox(
        places.map(at => fields[at] ?? 'ipv4_addr'),
        places.map(at => [point[at] ?? 0, point[at] ?? 0]),
      );
    const all = fields.map((_, at) => at);
    if (layout === 'hash') {
      const entry = this.#sets.get(kind)?.get(text(all));
      return entry === undefined ? null : (entry.data ?? '');
    }
    if (layout === 'split') {
      if (this.has(`${kind}_exact`, text(all))) return '';
      if (wild.length > 0 && this.has(`${kind}_open`, text(all.filter(at => !wild.includes(at)))))
        return '';
    }
    const groupKey = text(all.slice(0, group));
    for (const name of this.#intervalSets(kind)) {
      for (const key of this.#groups.get(name)?.get(groupKey) ?? []) {
        const entry = this.#sets.get(name)?.get(key);
        if (entry?.box && boxContains(entry.box, point)) return entry.data ?? '';
      }
    }
    return null;
  }

  #intervalSets(kind: KindName): string[] {
    if (kinds[kind].layout === 'interval') return [kind];
    return [...this.#sets.keys()].filter(name => {
      const set = kernelSet(name);
      return set !== null && set.kind === kind && set.lane !== null;
    });
  }

  #count(element: Element, { by, ops }: { by: number; ops: ElementOp[] }): void {
    const place = this.#find(element) ?? this.#choose(element);
    const { set, key } = place;
    const entry = this.#sets.get(set.name)?.get(key);
    if (entry !== undefined && entry.data !== element.data) {
      throw new Refused(`${set.name} maps ${key} to ${entry.data} and to ${element.data}`);
    }
    if (entry === undefined) {
      if (by < 0) throw new Error(`${set.name} does not hold ${key}`);
      this.#insert(set, key, {
        data: element.data,
        count: by,
        box: set.interval ? element.box : null,
      });
      this.#undo.push(() => this.#drop(set, key, element.box));
      ops.push({ op: 'add', set, key, data: element.data });
      return;
    }
    entry.count += by;
    this.#undo.push(() => {
      entry.count -= by;
    });
    if (entry.count > 0) return;
    this.#drop(set, key, element.box);
    this.#undo.push(() => this.#insert(set, key, entry));
    ops.push({ op: 'delete', set, key, data: element.data });
  }

  /** Where the element is, if it is there. */
  #find(element: Element): { set: KernelSet; key: string } | null {
    const fixed = fixedPlace(element);
    if (fixed !== null) return fixed;
    const { key } = element;
    for (const name of this.#intervalSets(element.kind)) {
      const set = kernelSet(name);
      if (set !== null && this.has(name, key)) return { set, key };
    }
    return null;
  }

  #choose(element: Element): { set: KernelSet; key: string } {
    const { key } = element;
    const { layout }: Kind = kinds[element.kind];
    if (layout === 'interval') {
      const set = existing(element.kind);
      const other = this.#overlapping(set, element.box);
      if (other !== null) throw new Refused(`${set.name} has ${key} and ${other}, which overlap`);
      return { set, key };
    }
    const wished = this.#preference(element.kind, key);
    if (wished !== null) {
      const set = laneSet(element.kind, wished);
      if (this.#overlapping(set, element.box) === null) return { set, key };
    }
    for (let lane = 0; ; lane += 1) {
      const set = laneSet(element.kind, lane);
      if (this.#overlapping(set, element.box) === null) return { set, key };
    }
  }

  #overlapping(set: KernelSet, box: Box): string | null {
    for (const key of this.#groups.get(set.name)?.get(groupOf(set, box)) ?? []) {
      const other = this.#sets.get(set.name)?.get(key)?.box;
      if (other && boxesOverlap(other, box)) return key;
    }
    return null;
  }

  #insert(set: KernelSet, key: string, entry: Entry): void {
    let elements = this.#sets.get(set.name);
    if (elements === undefined) this.#sets.set(set.name, (elements = new Map()));
    elements.set(key, entry);
    if (!set.interval || entry.box === null) return;
    let groups = this.#groups.get(set.name);
    if (groups === undefined) this.#groups.set(set.name, (groups = new Map()));
    const group = groupOf(set, entry.box);
    const keys = groups.get(group);
    if (keys === undefined) groups.set(group, new Set([key]));
    else keys.add(key);
  }

  #drop(set: KernelSet, key: string, box: Box): void {
    const elements = this.#sets.get(set.name);
    elements?.delete(key);
    if (elements?.size === 0) this.#sets.delete(set.name);
    if (!set.interval) return;
    const group = groupOf(set, box);
    const keys = this.#groups.get(set.name)?.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#groups.get(set.name)?.delete(group);
  }
}

function groupOf(set: KernelSet, box: Box): string {
  const { group }: Kind = kinds[set.kind];
  return formatBox(set.fields.slice(0, group), box);
}

/** The set that an element belongs to whatever else is there; `null` for those that go to a lane or may overlap. */
function fixedPlace({ kind, box, key }: Element): { set: KernelSet; key: string } | null {
  const { fields, wild, layout }: Kind = kinds[kind];
  if (layout === 'interval') return null;
  if (layout === 'hash') return { set: existing(kind), key };
  const open =
    wild.length > 0 && wild.every(at => isFull(fields[at] ?? 'ipv4_addr', box[at] ?? [0, 0]));
  if (!box.every((interval, at) => isPoint(interval) || (open && wild.includes(at)))) return null;
  if (!open) return { set: existing(`${kind}_exact`), key };
  const set = existing(`${kind}_open`);
  const kept = set.places.map(at => box[at] ?? ([0, 0] as const));
  return { set, key: formatBox(set.fields, kept) };
}

function existing(name: string): KernelSet {
  const set = kernelSet(name);
  if (set === null) throw new Error(`no set ${name}`);
  return set;
}

function tally(tallies: Map<string, Tally>, element: Element, change: number): void {
  const identity = `${element.kind} ${element.key} ${element.data ?? ''}`;
  const known = tallies.get(identity);
  if (known === undefined) tallies.set(identity, { element, change });
  else known.change += change;
}
