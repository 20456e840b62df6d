import { cidrContains, cidrOf, formatIpv4, IsolaError, ipv4 } from '@isola/model';
import { sql } from 'kysely';
import { fillRange, insertPublicRange } from '../../features/public-range/insert.ts';
import type { Tx } from '../database.ts';
import { keepSeed, seedId } from './kept.ts';

export interface PublicRangeSettings {
  readonly gateway: string;
  readonly prefix: number;
  readonly first: string;
  readonly last: string;
  readonly vlan: string;
}

interface Wanted {
  readonly zoneId: string;
  readonly physicalNetworkId: string;
  readonly range: PublicRangeSettings;
}

/** A new zone's public range, as the configuration has it, and a row for each of its addresses. */
export async function makePublicRange(
  tx: Tx,
  { zoneId, physicalNetworkId, range }: Wanted,
): Promise<void> {
  check(range);
  const { vlan, ...block } = range;
  const { id } = await insertPublicRange(tx, { zoneId, physicalNetworkId, block, vlan });
  await keepSeed(tx, 'public range', id);
}

/**
 * Brings the range that an earlier start made to what the configuration has, if it is still there and the only one. A changed one
 * adds the new addresses and removes the free ones outside it; those in use stay until they are released.
 */
export async function updatePublicRange(tx: Tx, range: PublicRangeSettings): Promise<void> {
  check(range);
  const { vlan, ...block } = range;
  const changed = await tx
    .updateTable('public_ranges as own')
    .set({
      gateway: block.gateway,
      prefix: block.prefix,
      first_address: block.first,
      last_address: block.last,
    })
    .where('id', '=', await seedId(tx, 'public range'))
    // Who made more of them, or set it aside, decides through the API.
    .where('vlan', '=', vlan)
    .where('account_id', 'is', null)
    .where('domain_id', 'is', null)
    .where(
      sql<boolean>`not exists (select 1 from public_ranges other where other.zone_id = own.zone_id and other.id <> own.id)`,
    )
    .returningAll()
    .executeTakeFirst();
  if (changed !== undefined) await fillRange(tx, changed);
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
