import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import { groupBy } from './group.ts';
import { type Capacity, kinds } from './host-capacity.ts';

interface Counted {
  readonly zone_id: string;
  readonly kind: 'VIRTUAL_NETWORK_PUBLIC_IP' | 'VLAN' | 'SECONDARY_STORAGE';
  readonly total: number;
  readonly used: number;
}

/** Public addresses, segments and image stores of each zone, by its id. */
export async function zoneCapacities(db: Db): Promise<ReadonlyMap<string, Capacity[]>> {
  const { rows } = await sql<Counted>`
    select zone_id, 'VIRTUAL_NETWORK_PUBLIC_IP' as kind, count(*)::bigint as total,
        count(*) filter (where state <> 'Free')::bigint as used
      from public_addresses group by zone_id
    union all select p.zone_id, 'VLAN', sum(r.last_tag - r.first_tag + 1)::bigint,
        sum((select count(*) from vlan_tags t where t.physical_network_id = p.id
          and t.tag between r.first_tag and r.last_tag))::bigint
      from physical_networks p join vlan_ranges r on r.physical_network_id = p.id group by p.zone_id
    union all select zone_id, 'SECONDARY_STORAGE', sum(coalesce(total_bytes, 0))::bigint, sum(coalesce(used_bytes, 0))::bigint
      from image_stores group by zone_id`.execute(db);
  const byZone = groupBy(rows, row => row.zone_id);
  return new Map(
    [...byZone].map(([zone, counted]) => [
      zone,
      counted.map(({ kind, total, used }) => ({
        type: kinds[kind],
        name: kind,
        total,
        allocated: used,
        used,
      })),
    ]),
  );
}
