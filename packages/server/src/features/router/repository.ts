import { type SelectQueryBuilder, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { Database, PhysicalNetworkRow, RouterRow } from '../../store/schema.ts';

interface RouterContext {
  readonly account: string;
  readonly is_project: boolean;
  readonly account_id: string;
  readonly domain: string;
  readonly domain_id: string;
  readonly domain_path: string;
  readonly zone: string;
  readonly zone_id: string;
  readonly zone_dns: string[];
  readonly pod: string;
  readonly pod_id: string;
  readonly host: string;
  readonly hypervisor: string;
  readonly network: string;
  readonly network_domain: string;
  readonly dns: string[];
  readonly cidr: string;
  readonly gateway: string;
  /** Of a shared network, whose gateway is not its router. */
  readonly router_address: string | null;
  readonly vlan: number | null;
  readonly isolation_method: PhysicalNetworkRow['isolation_method'];
  readonly public_mtu: number;
  readonly private_mtu: number;
  readonly public_address: string | null;
  readonly public_gateway: string | null;
  readonly public_prefix: number | null;
  readonly offering_id: string;
  readonly offering: string;
  readonly template: string | null;
  /** Checksum of the template that a new router on its host would be made of. */
  readonly newest_image: string | null;
}

/** Checksum of the template that a new router on the host of one would be made of. */
export const newestImage = sql<
  string | null
>`(select templates.checksum from templates where templates.zone_id = zones.id
  and templates.hypervisor = hosts.hypervisor and templates.type = 'SYSTEM' and templates.state = 'Active'
  order by templates.seq desc limit 1)`;

/** A router with what its answer shows of what it belongs to. */
export type ShownRouter = RouterRow & RouterContext;

type JoinedTables =
  | 'routers'
  | 'networks'
  | 'physical_networks'
  | 'network_offerings'
  | 'service_offerings'
  | 'accounts'
  | 'domains'
  | 'zones'
  | 'hosts'
  | 'pods'
  | 'clusters';

/** A column of the network's source NAT address, or of its range; `null` without one. */
function ofSourceNat<T>(column: string) {
  return sql<T | null>`(select ${sql.ref(column)} from public_addresses
    join public_ranges on public_ranges.id = public_addresses.range_id
    where public_addresses.network_id = routers.network_id and public_addresses.is_source_nat)`;
}

/** All routers; callers add conditions and order. All of it is there: the joins are outer ones for `longPageOf`. */
export function selectRouters(db: Db): SelectQueryBuilder<Database, JoinedTables, ShownRouter> {
  return db
    .selectFrom('routers')
    .leftJoin('networks', 'networks.id', 'routers.network_id')
    .leftJoin('physical_networks', 'physical_networks.id', 'networks.physical_network_id')
    .leftJoin('network_offerings', 'network_offerings.id', 'networks.offering_id')
    .leftJoin('service_offerings', join =>
      join.on(
        sql<boolean>`service_offerings.id = coalesce(routers.service_offering_id, network_offerings.service_offering_id,
          (select id from service_offerings where is_system and is_default order by seq limit 1))`,
      ),
    )
    .leftJoin('accounts', 'accounts.id', 'networks.account_id')
    .leftJoin('domains', 'domains.id', 'networks.domain_id')
    .leftJoin('zones', 'zones.id', 'networks.zone_id')
    .leftJoin('hosts', 'hosts.id', 'routers.host_id')
    .leftJoin('pods', 'pods.id', 'hosts.pod_id')
    .leftJoin('clusters', 'clusters.id', 'hosts.cluster_id')
    .selectAll('routers')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'accounts.id as account_id',
      'domains.name as domain',
      'domains.id as domain_id',
      'domains.path as domain_path',
      'zones.name as zone',
      'zones.id as zone_id',
      'zones.dns as zone_dns',
      'pods.name as pod',
      'pods.id as pod_id',
      'hosts.name as host',
      'hosts.hypervisor',
      'networks.name as network',
      'networks.network_domain',
      'networks.dns',
      'networks.cidr',
      'networks.gateway',
      'networks.router_address',
      'networks.vlan',
      'physical_networks.isolation_method',
      'networks.public_mtu',
      'networks.private_mtu',
      ofSourceNat<string>('public_addresses.address').as('public_address'),
      ofSourceNat<string>('public_ranges.gateway').as('public_gateway'),
      ofSourceNat<number>('public_ranges.prefix').as('public_prefix'),
      'service_offerings.id as offering_id',
      'service_offerings.name as offering',
      sql<
        string | null
      >`(select templates.name from templates where templates.id = routers.template_id)`.as(
        'template',
      ),
      newestImage.as('newest_image'),
    ])
    .$castTo<ShownRouter>();
}

/** A router that the caller may act on. 431 when there is none of that id, 531 when its network is a stranger's. */
export async function ownedRouter(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<ShownRouter> {
  const router = await selectRouters(call.tx)
    .where(identified(named.id, 'routers'))
    .executeTakeFirst();
  if (router === undefined) throw unknownId(call, named);
  await requireOwner(call, router, `router ${router.id}`);
  return router;
}
