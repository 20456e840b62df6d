import { formatCidr, IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import { type AddressBlock, subnetOf } from '../address-range/block.ts';
import { untagged } from '../address-range/vlan.ts';

interface Place {
  readonly zoneId: string;
  readonly vlan: string;
  /** The range that is changed. */
  readonly except: string | null;
}

/**
 * Refuses (431) public addresses that the zone has already; a subnet that another VLAN has, or that is not quite the one that
 * this VLAN has; addresses of pods, storage and guest networks; and a VLAN that guest networks are given.
 */
export async function refuseOverlap(tx: Db, block: AddressBlock, place: Place): Promise<void> {
  const subnet = formatCidr(subnetOf(block));
  const { rows } = await sql<{ what: string }>`
    select what from (
      select 'public addresses ' || r.first_address || '-' || r.last_address as what from public_ranges r
        where r.zone_id = ${place.zoneId} and r.id is distinct from ${place.except}::uuid
          and r.first_address::inet <= ${block.last}::inet and ${block.first}::inet <= r.last_address::inet
      union all select 'the subnet of public addresses ' || r.first_address || '-' || r.last_address || ' on VLAN ' || r.vlan
        from public_ranges r
        where r.zone_id = ${place.zoneId} and r.id is distinct from ${place.except}::uuid
          and network(set_masklen(r.gateway::inet, r.prefix)) && ${subnet}::inet
          and (r.vlan <> ${place.vlan} or r.gateway <> ${block.gateway} or r.prefix <> ${block.prefix})
      union all select 'management addresses of pod ' || p.name from pods p
        where p.zone_id = ${place.zoneId} and p.gateway is not null
          and network(set_masklen(p.gateway::inet, p.prefix)) && ${subnet}::inet
      union all select 'storage addresses ' || s.first_address || '-' || s.last_address from storage_ranges s
        where s.zone_id = ${place.zoneId} and network(set_masklen(s.gateway::inet, s.prefix)) && ${subnet}::inet
      union all select 'guest network ' || n.name || ' (' || n.cidr || ')' from networks n
        where n.zone_id = ${place.zoneId} and n.cidr::inet && ${subnet}::inet
    ) overlapping limit 1`.execute(tx);
  const [found] = rows;
  if (found !== undefined)
    throw refused(
      `The range ${block.first}-${block.last} in ${subnet} overlaps with ${found.what}`,
    );
}

/** Refuses (431) a VLAN that guest networks of the zone have, or are given. */
export async function refuseGuestVlan(tx: Db, zoneId: string, vlan: string): Promise<void> {
  if (vlan === untagged) return;
  const { rows } = await sql<{ what: string }>`
    select what from (
      select 'guest network ' || n.name || ' has it' as what from vlan_tags t join networks n on n.id = t.network_id
        join physical_networks p on p.id = t.physical_network_id
        where p.zone_id = ${zoneId} and p.isolation_method = 'VLAN' and t.tag = ${Number(vlan)}
      union all select 'physical network ' || p.name || ' gives it to guest networks' from vlan_ranges r
        join physical_networks p on p.id = r.physical_network_id
        where p.zone_id = ${zoneId} and p.isolation_method = 'VLAN' and ${Number(vlan)} between r.first_tag and r.last_tag
    ) taken limit 1`.execute(tx);
  const [found] = rows;
  if (found !== undefined) throw refused(`VLAN ${vlan} cannot carry public traffic: ${found.what}`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
