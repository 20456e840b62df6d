import { type SelectQueryBuilder, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type {
  Database,
  NetworkOfferingRow,
  NetworkRow,
  PhysicalNetworkRow,
} from '../../store/schema.ts';
import type { TagOfOwner } from '../tag/load.ts';
import { tagsColumn } from '../tag/select.ts';

interface NetworkContext {
  readonly account: string;
  readonly is_project: boolean;
  readonly domain: string;
  readonly domain_path: string;
  readonly zone: string;
  readonly zone_dns: string[];
  readonly offering_name: string;
  readonly offering_display_text: string;
  readonly offering_availability: string;
  readonly conserve_mode: boolean;
  readonly specify_vlan: boolean;
  readonly specify_ip_ranges: boolean;
  readonly is_persistent: boolean;
  readonly egress_default_allow: boolean;
  /** As the database writes them; see `shownServices`. */
  readonly services_text: string;
  readonly isolation_method: PhysicalNetworkRow['isolation_method'];
  readonly tags: readonly TagOfOwner[] | null;
  readonly details: Readonly<Record<string, string>> | null;
}

/** A network with what its answer shows of what it belongs to. */
export type ShownNetwork = NetworkRow & NetworkContext;

type JoinedTables =
  | 'networks'
  | 'network_offerings'
  | 'accounts'
  | 'domains'
  | 'zones'
  | 'physical_networks';

type NetworkQuery = SelectQueryBuilder<Database, JoinedTables, ShownNetwork>;

const queries = new WeakMap<Db, NetworkQuery>();

/** All networks; callers add conditions and order. All of it is there: the joins are outer ones for `longPageOf`. */
export function selectNetworks(db: Db): NetworkQuery {
  // Putting the query together costs as much as decoding its answer, and it is always the same one.
  const query = queries.get(db) ?? buildQuery(db);
  queries.set(db, query);
  return query;
}

function buildQuery(db: Db): NetworkQuery {
  return db
    .selectFrom('networks')
    .leftJoin('network_offerings', 'network_offerings.id', 'networks.offering_id')
    .leftJoin('accounts', 'accounts.id', 'networks.account_id')
    .leftJoin('domains', 'domains.id', 'networks.domain_id')
    .leftJoin('zones', 'zones.id', 'networks.zone_id')
    .leftJoin('physical_networks', 'physical_networks.id', 'networks.physical_network_id')
    .selectAll('networks')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
      'zones.name as zone',
      'zones.dns as zone_dns',
      'network_offerings.name as offering_name',
      'network_offerings.display_text as offering_display_text',
      'network_offerings.availability as offering_availability',
      'network_offerings.conserve_mode',
      'network_offerings.specify_vlan',
      'network_offerings.specify_ip_ranges',
      'network_offerings.is_persistent',
      'network_offerings.egress_default_allow',
      'physical_networks.isolation_method',
      sql<string>`network_offerings.services::text`.as('services_text'),
      tagsColumn('Network'),
      sql<Record<
        string,
        string
      > | null>`(select jsonb_object_agg(d.key, d.value) from resource_details d
        where d.resource_type = 'Network' and d.resource_id = networks.id and d.display)`.as(
        'details',
      ),
    ])
    .$castTo<ShownNetwork>();
}

/** A network that the caller may act on. 431 when there is none of that id, 531 when it is a stranger's. */
export async function ownedNetwork(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<NetworkRow> {
  const network = await call.tx
    .selectFrom('networks')
    .selectAll()
    .where(identified(named.id))
    .executeTakeFirst();
  if (network === undefined) throw unknownId(call, named);
  await requireOwner(call, network, `network ${network.id}`);
  return network;
}

/** The offering of a network. */
export async function offeringOf(
  db: Db,
  network: Pick<NetworkRow, 'offering_id'>,
): Promise<NetworkOfferingRow> {
  return db
    .selectFrom('network_offerings')
    .selectAll()
    .where('id', '=', network.offering_id)
    .executeTakeFirstOrThrow();
}

/** CIDRs of the account's networks in the zone. */
export async function cidrsOfAccount(
  db: Db,
  owner: { readonly accountId: string; readonly zoneId: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('networks')
    .select('cidr')
    .where('account_id', '=', owner.accountId)
    .where('zone_id', '=', owner.zoneId)
    .execute();
  return rows.flatMap(row => row.cidr ?? []);
}

/** CIDRs of the zone's public ranges. */
export async function publicCidrs(db: Db, zoneId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('public_ranges')
    .select(sql<string>`text(network(set_masklen(gateway::inet, prefix)))`.as('cidr'))
    .where('zone_id', '=', zoneId)
    .execute();
  return rows.map(row => row.cidr);
}
