import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { PhysicalNetworkRow } from '../../store/schema.ts';
import { isolationMethods } from '../network/segment-uri.ts';
import { formatTagRange, rangesOverlap, type TagRange } from './tag-ranges.ts';

type Place = Pick<PhysicalNetworkRow, 'zone_id' | 'isolation_method'> & {
  readonly id: string | null;
};

interface Holder extends TagRange {
  readonly what: string;
}

/**
 * Refuses (431) ranges with a tag that another physical network of the zone has (hosts tell segments by method and tag alone),
 * or public addresses; and ranges without a tag that is in use, or set aside for an account.
 */
export async function checkTagRanges(
  tx: Db,
  ranges: readonly TagRange[],
  place: Place,
): Promise<void> {
  const { what } = isolationMethods[place.isolation_method];
  for (const taken of await takenElsewhere(tx, place)) {
    const range = ranges.find(one => rangesOverlap(one, taken));
    if (range !== undefined)
      throw refused(
        `${what}s ${formatTagRange(range)} overlap with ${formatTagRange(taken)} of ${taken.what}`,
      );
  }
  for (const held of await heldHere(tx, place))
    if (!ranges.some(range => range.first <= held.first && held.last <= range.last))
      throw refused(`${what}s ${formatTagRange(held)} cannot be taken away: ${held.what}`);
}

async function takenElsewhere(tx: Db, place: Place): Promise<readonly Holder[]> {
  const { rows } = await sql<Holder>`
    select r.first_tag as first, r.last_tag as last, 'physical network ' || p.name as what
      from vlan_ranges r join physical_networks p on p.id = r.physical_network_id
      where p.zone_id = ${place.zone_id} and p.isolation_method = ${place.isolation_method} and p.id is distinct from ${place.id}::uuid
    union all select t.tag, t.tag, 'network ' || n.name
      from vlan_tags t join networks n on n.id = t.network_id join physical_networks p on p.id = t.physical_network_id
      where p.zone_id = ${place.zone_id} and p.isolation_method = ${place.isolation_method} and p.id is distinct from ${place.id}::uuid
    union all select vlan::int, vlan::int, 'public addresses ' || first_address || '-' || last_address from public_ranges
      where zone_id = ${place.zone_id} and vlan ~ '^[0-9]+$' and ${place.isolation_method} = 'VLAN'`.execute(
    tx,
  );
  return rows;
}

/** Tags that networks were given from the present ranges, and those that are set aside. */
async function heldHere(tx: Db, { id }: Place): Promise<readonly Holder[]> {
  if (id === null) return [];
  const { rows } = await sql<Holder>`
    select t.tag as first, t.tag as last, 'network ' || n.name || ' has it' as what from vlan_tags t
      join networks n on n.id = t.network_id
      where t.physical_network_id = ${id} and n.requested_vlan is null
    union all select first_tag, last_tag, 'they are set aside for account ' || a.name from dedicated_vlan_ranges d
      join accounts a on a.id = d.account_id where physical_network_id = ${id}`.execute(tx);
  return rows;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
