import { formatCidr, IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import { type AddressBlock, subnetOf } from '../address-range/block.ts';

interface Place {
  readonly zoneId: string;
  /** Range of a pod, or of storage traffic, that is changed and does not count. */
  readonly except?: string;
  /** Pod whose own subnet may be used again. */
  readonly podId?: string;
}

/**
 * Refuses (431) a range of management or storage addresses that has one in common with another of the zone's, with public
 * addresses, or with the subnet of another pod.
 */
export async function refuseOverlap(
  tx: Db,
  block: AddressBlock,
  { zoneId, except, podId }: Place,
): Promise<void> {
  const subnet = formatCidr(subnetOf(block));
  const other = except ?? null;
  const { rows } = await sql<{ what: string }>`
    select what from (
      select 'management addresses ' || r.first_address || '-' || r.last_address || ' of pod ' || p.name as what
        from pod_ranges r join pods p on p.id = r.pod_id
        where p.zone_id = ${zoneId} and r.id is distinct from ${other}::uuid
          and r.first_address::inet <= ${block.last}::inet and ${block.first}::inet <= r.last_address::inet
      union all select 'storage addresses ' || r.first_address || '-' || r.last_address from storage_ranges r
        where r.zone_id = ${zoneId} and r.id is distinct from ${other}::uuid
          and r.first_address::inet <= ${block.last}::inet and ${block.first}::inet <= r.last_address::inet
      union all select 'public addresses ' || r.first_address || '-' || r.last_address from public_ranges r
        where r.zone_id = ${zoneId} and network(set_masklen(r.gateway::inet, r.prefix)) && ${subnet}::inet
      union all select 'the subnet of pod ' || p.name from pods p
        where p.zone_id = ${zoneId} and p.id is distinct from ${podId ?? null}::uuid and p.gateway is not null
          and network(set_masklen(p.gateway::inet, p.prefix)) && ${subnet}::inet
    ) overlapping limit 1`.execute(tx);
  const [found] = rows;
  if (found !== undefined)
    throw new IsolaError('refused_value', {
      reason: `The range ${block.first}-${block.last} in ${subnet} overlaps with ${found.what}`,
    });
}
