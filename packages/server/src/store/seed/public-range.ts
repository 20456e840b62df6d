import { cidrContains, cidrOf, formatIpv4, IsolaError, ipv4 } from '@isola/model';
import { fillRange, insertPublicRange } from '../../features/public-range/insert.ts';
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
  const { vlan, ...block } = range;
  const found = await tx
    .selectFrom('public_ranges')
    .select(['id', 'vlan', 'account_id', 'domain_id'])
    .select(eb => eb.fn.countAll<number>().over().as('of'))
    .where('zone_id', '=', zone.zoneId)
    .orderBy('seq')
    .executeTakeFirst();
  if (found === undefined) {
    await insertPublicRange(tx, {
      zoneId: zone.zoneId,
      physicalNetworkId: zone.physicalNetworkId,
      block,
      vlan,
    });
    return;
  }
  // Who made more of them, or another, decides through the API: this one need not be the configuration's.
  const isOther = found.vlan !== vlan || found.account_id !== null || found.domain_id !== null;
  if (Number(found.of) > 1 || isOther) return;
  const changed = await tx
    .updateTable('public_ranges')
    .set({
      vlan,
      gateway: block.gateway,
      prefix: block.prefix,
      first_address: block.first,
      last_address: block.last,
    })
    .where('id', '=', found.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await fillRange(tx, changed);
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
