import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { PhysicalNetworkRow } from '../../store/schema.ts';
import type { TagRange } from './tag-ranges.ts';

/** Physical networks with the name of their zone and their ranges of tags, in order. */
export function selectPhysicalNetworks(db: Db) {
  return db
    .selectFrom('physical_networks')
    .innerJoin('zones', 'zones.id', 'physical_networks.zone_id')
    .selectAll('physical_networks')
    .select([
      'zones.name as zone',
      sql<
        TagRange[]
      >`coalesce((select json_agg(json_build_object('first', r.first_tag, 'last', r.last_tag) order by r.first_tag)
        from vlan_ranges r where r.physical_network_id = physical_networks.id), '[]')`.as('ranges'),
    ])
    .orderBy('physical_networks.seq');
}

/** The physical network's row, locked for a change. 431 when there is none of that id. */
export async function lockPhysicalNetwork(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<PhysicalNetworkRow> {
  const network = await call.tx
    .selectFrom('physical_networks')
    .selectAll()
    .where(identified(named.id))
    .forUpdate()
    .executeTakeFirst();
  if (network === undefined) throw unknownId(call, named);
  return network;
}

/** Ranges of tags of a physical network, in order. */
export async function tagRangesOf(db: Db, physicalNetworkId: string): Promise<TagRange[]> {
  return db
    .selectFrom('vlan_ranges')
    .select(['first_tag as first', 'last_tag as last'])
    .where('physical_network_id', '=', physicalNetworkId)
    .orderBy('first_tag')
    .execute();
}
