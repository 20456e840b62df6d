import { IsolaError } from '../errors/isola-error.ts';
import { FingerprintAccumulator } from './fingerprint.ts';
import {
  type CollectionItem,
  type CollectionName,
  type Collections,
  collectionNames,
  type RouterConfig,
  type RouterDelta,
  type RouterHeader,
} from './types.ts';

type ItemMaps = { readonly [N in CollectionName]: Map<string, CollectionItem<N>> };
type ItemLists = { readonly [N in CollectionName]: CollectionItem<N>[] };
type PutLists = { readonly [N in CollectionName]?: readonly CollectionItem<N>[] | undefined };

/** Items that a delta took away (replaced ones in their old form) and items that it set. */
export interface ItemChange {
  readonly removed: Collections;
  readonly put: Collections;
}

function emptyMaps(): ItemMaps {
  return {
    publicAddresses: new Map(),
    hosts: new Map(),
    firewall: new Map(),
    egress: new Map(),
    portForwards: new Map(),
    staticNats: new Map(),
  };
}

function emptyLists(): ItemLists {
  return {
    publicAddresses: [],
    hosts: [],
    firewall: [],
    egress: [],
    portForwards: [],
    staticNats: [],
  };
}

/**
 * A configuration in memory, indexed by item id, with its fingerprint kept up to date: applying a delta costs
 * the size of the delta.
 */
export class ConfigIndex {
  #generation: number;
  readonly #header: RouterHeader;
  readonly #items = emptyMaps();
  readonly #fingerprint: FingerprintAccumulator;

  /** Throws `refused_value` when an id occurs twice in a collection. */
  constructor(config: RouterConfig) {
    this.#generation = config.generation;
    this.#header = config.header;
    this.#fingerprint = new FingerprintAccumulator(config.header);
    for (const name of collectionNames) this.#fill(name, config.collections[name]);
  }

  get generation(): number {
    return this.#generation;
  }

  get header(): RouterHeader {
    return this.#header;
  }

  get fingerprint(): string {
    return this.#fingerprint.value();
  }

  /** Items of a collection by id, in order of arrival. */
  items<N extends CollectionName>(name: N): ReadonlyMap<string, CollectionItem<N>> {
    return this.#items[name];
  }

  /**
   * Applies a delta and gives what changed, with which `revert` goes back. `null`, with nothing changed, when the
   * delta starts at another generation, removes an unknown id or ends at another fingerprint.
   */
  apply(delta: RouterDelta): ItemChange | null {
    if (delta.from !== this.#generation) return null;
    const change = { removed: emptyLists(), put: emptyLists() };
    let fits = true;
    for (const name of collectionNames) {
      const removed = this.#remove(name, delta.remove[name] ?? [], change.removed);
      const put: PutLists = delta.put;
      this.#put(name, put[name] ?? [], change);
      fits &&= removed;
    }
    this.#generation = delta.generation;
    if (fits && this.fingerprint === delta.fingerprint) return change;
    this.revert(change, delta.from);
    return null;
  }

  /** Undoes `change`, the last one applied, and goes back to `generation`. */
  revert(change: ItemChange, generation: number): void {
    for (const name of collectionNames) this.#revert(name, change);
    this.#generation = generation;
  }

  /** The whole configuration. Costs its size. */
  toConfig(): RouterConfig {
    const list = emptyLists();
    for (const name of collectionNames) this.#copy(name, list);
    return { generation: this.#generation, header: this.#header, collections: list };
  }

  #fill<N extends CollectionName>(name: N, items: readonly CollectionItem<N>[]): void {
    for (const item of items) {
      if (this.#items[name].has(item.id)) {
        throw new IsolaError('refused_value', { reason: `${name} has id ${item.id} twice` });
      }
      this.#items[name].set(item.id, item);
      this.#fingerprint.add(name, item);
    }
  }

  #remove<N extends CollectionName>(name: N, ids: readonly string[], removed: ItemLists): boolean {
    let known = true;
    for (const id of ids) {
      const item = this.#items[name].get(id);
      if (item === undefined) {
        known = false;
        continue;
      }
      this.#items[name].delete(id);
      this.#fingerprint.remove(name, item);
      removed[name].push(item);
    }
    return known;
  }

  #put<N extends CollectionName>(
    name: N,
    items: readonly CollectionItem<N>[],
    change: { readonly removed: ItemLists; readonly put: ItemLists },
  ): void {
    for (const item of items) {
      const old = this.#items[name].get(item.id);
      if (old !== undefined) {
        this.#fingerprint.remove(name, old);
        change.removed[name].push(old);
      }
      this.#items[name].set(item.id, item);
      this.#fingerprint.add(name, item);
      change.put[name].push(item);
    }
  }

  #revert<N extends CollectionName>(name: N, change: ItemChange): void {
    const put: readonly CollectionItem<N>[] = change.put[name];
    for (const item of put) {
      this.#items[name].delete(item.id);
      this.#fingerprint.remove(name, item);
    }
    const removed: readonly CollectionItem<N>[] = change.removed[name];
    for (const item of removed.toReversed()) {
      this.#items[name].set(item.id, item);
      this.#fingerprint.add(name, item);
    }
  }

  #copy<N extends CollectionName>(name: N, into: ItemLists): void {
    for (const item of this.#items[name].values()) into[name].push(item);
  }
}
