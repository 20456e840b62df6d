import {
  type CollectionItem,
  type CollectionName,
  collectionNames,
  FingerprintAccumulator,
  type RouterConfig,
  type RouterDelta,
} from '@isola/model';
import type { Changes } from '../compile/compile.ts';

/**
 * What was last compiled for each router: its items by id and its fingerprint, so that the fingerprint after a change costs the
 * size of the change. Bounded: routers not asked about for longest go first and are compiled whole at their next change.
 */
export interface CompiledConfigs {
  /** Remembers a whole configuration; gives its fingerprint. */
  keep(routerId: string, config: RouterConfig): string;
  /** Fingerprint at `generation`, if that is what is remembered. */
  fingerprint(routerId: string, generation: number): string | null;
  /** The delta from generation `from` that makes these changes, which are remembered; `null` when `from` is not what is remembered. */
  amend(routerId: string, change: AmendedGenerations & { changes: Changes }): RouterDelta | null;
  /** Nothing is known of the router from now on: it gets a whole configuration before the next delta. */
  forget(routerId: string): void;
  /** Whether a configuration may be put together from what was recorded: not after `forget`. */
  mayRecall(routerId: string): boolean;
}

interface AmendedGenerations {
  readonly from: number;
  readonly generation: number;
}

interface Compiled {
  generation: number;
  readonly items: { readonly [N in CollectionName]: Map<string, CollectionItem<N>> };
  readonly accumulator: FingerprintAccumulator;
}

/** `capacity`: items of all routers together. */
export function createCompiledConfigs(capacity = 200_000): CompiledConfigs {
  const routers = new Map<string, Compiled>();
  const forgotten = new Set<string>();

  // Of all that is remembered: counting it again would cost each change the number of routers.
  let total = 0;

  const take = (routerId: string) => {
    const compiled = routers.get(routerId);
    if (compiled !== undefined) total -= sizeOf(compiled);
    routers.delete(routerId);
    return compiled;
  };

  const put = (routerId: string, compiled: Compiled) => {
    routers.set(routerId, compiled);
    total += sizeOf(compiled);
    for (const id of routers.keys()) {
      if (total <= capacity || id === routerId) return;
      take(id);
    }
  };

  return {
    keep(routerId, config) {
      const compiled = compile(config);
      take(routerId);
      forgotten.delete(routerId);
      put(routerId, compiled);
      return compiled.accumulator.value();
    },
    fingerprint(routerId, generation) {
      const compiled = routers.get(routerId);
      return compiled?.generation === generation ? compiled.accumulator.value() : null;
    },
    amend(routerId, { from, generation, changes }) {
      const compiled = take(routerId);
      if (compiled?.generation !== from) return null;
      const remove: { [N in CollectionName]?: string[] } = {};
      for (const name of collectionNames) {
        const gone = removeFrom(compiled, name, changes.remove[name] ?? []);
        if (gone.length > 0) remove[name] = gone;
        putInto(compiled, name, changes.put);
      }
      compiled.generation = generation;
      put(routerId, compiled);
      return {
        from,
        generation,
        put: changes.put,
        remove,
        fingerprint: compiled.accumulator.value(),
      };
    },
    forget(routerId) {
      take(routerId);
      forgotten.add(routerId);
    },
    mayRecall: routerId => !forgotten.has(routerId),
  };
}

function sizeOf(compiled: Compiled): number {
  return collectionNames.reduce((sum, name) => sum + compiled.items[name].size, 1);
}

function compile(config: RouterConfig): Compiled {
  const compiled: Compiled = {
    generation: config.generation,
    items: {
      publicAddresses: new Map(),
      hosts: new Map(),
      firewall: new Map(),
      egress: new Map(),
      portForwards: new Map(),
      staticNats: new Map(),
    },
    accumulator: new FingerprintAccumulator(config.header),
  };
  for (const name of collectionNames) putInto(compiled, name, config.collections);
  return compiled;
}

type PutLists = { readonly [N in CollectionName]?: readonly CollectionItem<N>[] | undefined };

function putInto<N extends CollectionName>(compiled: Compiled, name: N, lists: PutLists): void {
  const items = compiled.items[name];
  for (const item of lists[name] ?? []) {
    const old = items.get(item.id);
    if (old !== undefined) compiled.accumulator.remove(name, old);
    items.set(item.id, item);
    compiled.accumulator.add(name, item);
  }
}

/** Removes the ids that are there, and gives them. */
function removeFrom<N extends CollectionName>(
  compiled: Compiled,
  name: N,
  ids: readonly string[],
): string[] {
  const items = compiled.items[name];
  return ids.filter(id => {
    const item = items.get(id);
    if (item === undefined) return false;
    compiled.accumulator.remove(name, item);
    return items.delete(id);
  });
}
