import { cidrContains, cidrOf, formatIpv4, IsolaError, ipv4 } from '@isola/model';
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import type { SeededZone } from './zone.ts';

export interface PublicRangeSettings {
  readonly gateway: string;
  readonly prefix: number;
  readonly first: string;
  readonly last: string;
  readonly vlan: string;
}

interface Wanted {
  readonly zone: SeededZone;
  readonly range: PublicRangeSettings;
}

/**
 * The zone's public range and a row for each of its addresses. A changed range adds the new addresses and removes the free ones
 * outside it; those in use stay until they are released.
 */
export async function seedPublicRange(tx: Tx, { zone, range }: Wanted): Promise<void> {
  check(range);
  const values = {
    vlan: range.vlan,
    gateway: range.gateway,
    prefix: range.prefix,
    first_address: range.first,
    last_address: range.last,
  };
  const found = await tx
    .selectFrom('public_ranges')
    .select('id')
    .where('zone_id', '=', zone.zoneId)
    .orderBy('seq')
    .executeTakeFirst();
  if (found !== undefined)
    await tx.updateTable('public_ranges').set(values).where('id', '=', found.id).execute();
  const { id } =
    found ??
    (await tx
      .insertInto('public_ranges')
      .values({
        ...values,
        zone_id: zone.zoneId,
        physical_network_id: zone.physicalNetworkId,
      })
      .returning('id')
      .executeTakeFirstOrThrow());
  await sql`delete from public_addresses where range_id = ${id} and state = 'Free'
    and (address::inet < ${range.first}::inet or address::inet > ${range.last}::inet or address = ${range.gateway})`.execute(
    tx,
  );
  const size = ipv4(range.last) - ipv4(range.first);
  await sql`insert into public_addresses (range_id, zone_id, address)
    select ${id}::uuid, ${zone.zoneId}::uuid, host(${range.first}::inet + place)
    from generate_series(0, ${size}::bigint) as place
    where host(${range.first}::inet + place) <> ${range.gateway}
    order by place on conflict (address) do nothing`.execute(tx);
}

function check(range: PublicRangeSettings): void {
  const block = cidrOf(ipv4(range.gateway), range.prefix);
  for (const address of [range.first, range.last]) {
    if (!cidrContains(block, ipv4(address)))
      throw refused(`${address} is not in the network ${formatIpv4(block.base)}/${block.prefix}`);
  }
  if (ipv4(range.first) > ipv4(range.last))
    throw refused(`its first address ${range.first} comes after its last ${range.last}`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason: `The public range is refused: ${reason}` });
}
