import { canonicalJson } from './canonical-json.ts';
import { ConfigIndex } from './config-index.ts';
import { fingerprintOf } from './fingerprint.ts';
import {
  type CollectionItem,
  type CollectionName,
  type Collections,
  collectionNames,
  type RouterConfig,
  type RouterDelta,
} from './types.ts';

/** The smallest delta from one configuration to another; `full` when the headers differ. */
export function diffConfigs(from: RouterConfig, to: RouterConfig): RouterDelta | 'full' {
  if (canonicalJson(from.header) !== canonicalJson(to.header)) return 'full';
  const put: PutLists = {};
  const remove: RemoveLists = {};
  for (const name of collectionNames) {
    const gone = diffCollection(name, { from, to, put });
    if (gone.length > 0) remove[name] = gone;
  }
  return {
    from: from.generation,
    generation: to.generation,
    put,
    remove,
    fingerprint: fingerprintOf(to),
  };
}

/** The configuration that `delta` makes of `config`, or `null` when it does not fit. */
export function applyDelta(config: RouterConfig, delta: RouterDelta): RouterConfig | null {
  const index = new ConfigIndex(config);
  return index.apply(delta) === null ? null : index.toConfig();
}

type PutLists = { [N in CollectionName]?: CollectionItem<N>[] };
type RemoveLists = { [N in CollectionName]?: string[] };

/** Puts the new and changed items of a collection into `put`; gives the ids of those that went. */
function diffCollection<N extends CollectionName>(
  name: N,
  { from, to, put }: { from: RouterConfig; to: RouterConfig; put: PutLists },
): string[] {
  const old: Collections = from.collections;
  const wanted: Collections = to.collections;
  const before = new Map<string, CollectionItem<N>>();
  for (const item of old[name]) before.set(item.id, item);
  const changed: CollectionItem<N>[] = [];
  for (const item of wanted[name]) {
    const known = before.get(item.id);
    before.delete(item.id);
    if (known === undefined || canonicalJson(known) !== canonicalJson(item)) changed.push(item);
  }
  if (changed.length > 0) Object.assign(put, { [name]: changed });
  return [...before.keys()];
}
