import type {
  CollectionItem,
  CollectionName,
  Collections,
  RouterConfig,
  RouterDelta,
} from '@isola/model';
import type { Db } from '../store/database.ts';
import { type CompiledRouter, type HeaderSource, headerOf } from './header.ts';
import { type Entries, entriesOf } from './items.ts';
import { type GenerationWindow, readRows, rowsBefore } from './rows.ts';

/** Items to set and ids to remove: what a `RouterDelta` carries. */
export type Changes = Pick<RouterDelta, 'put' | 'remove'>;

/** The whole configuration that a network's rows ask of its router, at the network's generation. One snapshot of the database. */
export async function compileNetwork(
  db: Db,
  networkId: string,
  router: CompiledRouter,
): Promise<RouterConfig> {
  return snapshot(db, async tx => {
    const source = await readHeaderSource(tx, networkId);
    const rows = await readRows(tx, source.network, null);
    const entries = entriesOf(rows, source.services.Firewall !== undefined);
    return {
      generation: source.network.generation,
      header: headerOf(source, router),
      collections: collectionsOf(entries),
    };
  });
}

/**
 * The configuration that a network's rows asked for at its applied generation, as far as they still tell: rows that are being
 * taken away count, those that were added or changed since do not. Compare its fingerprint with the one recorded then.
 */
export async function recallApplied(
  db: Db,
  network: { readonly id: string; readonly applied_generation: number },
  router: CompiledRouter,
): Promise<RouterConfig> {
  const generation = network.applied_generation;
  return snapshot(db, async tx => {
    const source = await readHeaderSource(tx, network.id);
    const rows = rowsBefore(await readRows(tx, source.network, null), generation);
    const entries = entriesOf(rows, source.services.Firewall !== undefined);
    return {
      generation,
      header: headerOf(source, router),
      collections: collectionsOf(entries),
    };
  });
}

/**
 * The change that the rows of the window's generations ask for; reads no other row. Valid where the network's
 * `full_generation` is at most `window.from`. `remove` may name ids that the router never had.
 */
export async function compileChanges(
  db: Db,
  network: { readonly id: string; readonly offering_id: string },
  window: GenerationWindow,
): Promise<Changes> {
  // A row that changes meanwhile leaves the window and comes with the next one.
  const { services, ...rows } = await readRows(db, network, window);
  return changesOf(entriesOf(rows, services.Firewall !== undefined));
}

async function readHeaderSource(db: Db, networkId: string): Promise<HeaderSource> {
  const network = await db
    .selectFrom('networks')
    .innerJoin('network_offerings', 'network_offerings.id', 'networks.offering_id')
    .innerJoin('zones', 'zones.id', 'networks.zone_id')
    .where('networks.id', '=', networkId)
    .select([
      'networks.id',
      'networks.offering_id',
      'networks.name',
      'networks.router_address',
      'networks.cidr',
      'networks.gateway',
      'networks.network_domain',
      'networks.dns',
      'networks.public_mtu',
      'networks.private_mtu',
      'networks.generation',
      'network_offerings.services',
      'network_offerings.egress_default_allow',
      'zones.dns as zone_dns',
    ])
    .executeTakeFirstOrThrow();
  const sourceNat = await db
    .selectFrom('public_addresses')
    .innerJoin('public_ranges', 'public_ranges.id', 'public_addresses.range_id')
    .where('public_addresses.network_id', '=', networkId)
    .where('public_addresses.is_source_nat', '=', true)
    .where('public_addresses.state', 'in', ['Allocating', 'Allocated'])
    .select(['public_addresses.address', 'public_ranges.gateway', 'public_ranges.prefix'])
    .executeTakeFirst();
  return {
    network,
    services: network.services,
    egressDefaultAllow: network.egress_default_allow,
    zoneDns: network.zone_dns,
    sourceNat: sourceNat ?? null,
  };
}

function collectionsOf(entries: Entries): RouterConfig['collections'] {
  return {
    publicAddresses: present(entries.publicAddresses),
    hosts: present(entries.hosts),
    firewall: present(entries.firewall),
    egress: present(entries.egress),
    portForwards: present(entries.portForwards),
    staticNats: present(entries.staticNats),
  };
}

function changesOf(entries: Entries): Changes {
  const put: { -readonly [N in CollectionName]?: CollectionItem<N>[] } = {};
  const remove: { [N in CollectionName]?: string[] } = {};
  const add = <N extends CollectionName>(name: N, list: Entries[N]) => {
    const items = present<Collections[N][number]>(list);
    const gone = list.filter(one => one.item === null).map(one => one.id);
    if (items.length > 0) Object.assign(put, { [name]: items });
    if (gone.length > 0) remove[name] = gone;
  };
  add('publicAddresses', entries.publicAddresses);
  add('hosts', entries.hosts);
  add('firewall', entries.firewall);
  add('egress', entries.egress);
  add('portForwards', entries.portForwards);
  add('staticNats', entries.staticNats);
  return { put, remove };
}

/** The items there are, in order of their ids. */
function present<T extends { readonly id: string }>(
  entries: readonly { readonly item: T | null }[],
): T[] {
  return entries
    .flatMap(one => (one.item === null ? [] : [one.item]))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function snapshot<T>(db: Db, read: (tx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction) return read(db);
  return db.transaction().setIsolationLevel('repeatable read').execute(read);
}
