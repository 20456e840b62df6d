import { ipv4 } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { PublicRangeRow } from '../../store/schema.ts';
import type { AddressBlock } from '../address-range/block.ts';

interface NewPublicRange {
  readonly zoneId: string;
  readonly physicalNetworkId: string;
  readonly block: AddressBlock;
  /** A tag, or `untagged`. */
  readonly vlan: string;
}

/** Writes a range of public addresses and a row for each of them but the gateway. */
export async function insertPublicRange(
  tx: Db,
  { zoneId, physicalNetworkId, block, vlan }: NewPublicRange,
): Promise<PublicRangeRow> {
  const range = await tx
    .insertInto('public_ranges')
    .values({
      zone_id: zoneId,
      physical_network_id: physicalNetworkId,
      vlan,
      gateway: block.gateway,
      prefix: block.prefix,
      first_address: block.first,
      last_address: block.last,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await fillRange(tx, range);
  return range;
}

type Filled = Pick<PublicRangeRow, 'id' | 'zone_id' | 'gateway' | 'first_address' | 'last_address'>;

/** Makes the addresses of a range those that its row names: new ones are added, free ones outside go, those in use stay. */
export async function fillRange(tx: Db, range: Filled): Promise<void> {
  const { id, zone_id, gateway, first_address: first, last_address: last } = range;
  await sql`delete from public_addresses where range_id = ${id} and state = 'Free'
    and (address::inet < ${first}::inet or address::inet > ${last}::inet or address = ${gateway})`.execute(
    tx,
  );
  const size = ipv4(last) - ipv4(first);
  await sql`insert into public_addresses (range_id, zone_id, address)
    select ${id}::uuid, ${zone_id}::uuid, host(${first}::inet + place)
    from generate_series(0, ${size}::bigint) as place
    where host(${first}::inet + place) <> ${gateway}
    order by place on conflict (zone_id, address) do nothing`.execute(tx);
}
