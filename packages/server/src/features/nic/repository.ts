import { type SelectQueryBuilder, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { Database, NetworkRow, NicRow, PhysicalNetworkRow } from '../../store/schema.ts';

/** A NIC with what its answer shows of its network. */
export type ShownNic = NicRow & {
  readonly network_name: string;
  readonly guest_type: NetworkRow['guest_type'];
  readonly gateway: string | null;
  readonly cidr: string | null;
  readonly vlan: number | null;
  readonly isolation_method: PhysicalNetworkRow['isolation_method'];
  readonly mtu: number;
  /** The public address that static NAT gives it. */
  readonly public_address: string | null;
  readonly public_address_id: string | null;
  /** Its further addresses; `null` without any. */
  readonly secondaries: readonly { readonly id: string; readonly ipaddress: string }[] | null;
};

/** All NICs but those on their way out; callers add conditions and order. */
export function selectNics(
  db: Db,
): SelectQueryBuilder<
  Database,
  'nics' | 'networks' | 'physical_networks' | 'public_addresses',
  ShownNic
> {
  return db
    .selectFrom('nics')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .innerJoin('physical_networks', 'physical_networks.id', 'networks.physical_network_id')
    .leftJoin('public_addresses', join =>
      join
        .onRef('public_addresses.static_nat_nic_id', '=', 'nics.id')
        .on('public_addresses.static_nat_address', 'is', null),
    )
    .where('nics.state', '<>', 'Revoke')
    .where('nics.plug', 'is distinct from', 'Out')
    .selectAll('nics')
    .select([
      'networks.name as network_name',
      'networks.guest_type',
      'networks.gateway',
      'networks.cidr',
      'networks.vlan',
      'physical_networks.isolation_method',
      'networks.private_mtu as mtu',
      'public_addresses.address as public_address',
      'public_addresses.id as public_address_id',
      sql<ShownNic['secondaries']>`(
        select json_agg(json_build_object('id', further.id, 'ipaddress', further.address) order by further.seq)
        from nic_addresses further where further.nic_id = nics.id and further.release_generation is null)`.as(
        'secondaries',
      ),
    ])
    .$castTo<ShownNic>();
}

/** The NICs of many instances in one query, by instance, in the order of their devices. */
export async function loadNics(
  db: Db,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ShownNic[]>> {
  const byInstance = new Map<string, ShownNic[]>();
  if (instanceIds.length === 0) return byInstance;
  const rows = await selectNics(db)
    .where('nics.instance_id', 'in', [...instanceIds])
    .orderBy('nics.device')
    .execute();
  for (const row of rows) {
    const nics = byInstance.get(row.instance_id) ?? [];
    nics.push(row);
    byInstance.set(row.instance_id, nics);
  }
  return byInstance;
}
