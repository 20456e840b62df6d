import type { Db } from '../../store/database.ts';
import type { NetworkRow, PublicAddressRow } from '../../store/schema.ts';
import { assignAddress, lockFreeAddress, type OwningNetwork } from './acquire.ts';

/**
 * The network's source NAT address: the one it has, or a free one of the zone, which becomes its own. No address goes to two
 * networks, however many ask at once. Throws `insufficient_address`.
 */
export async function ensureSourceNat(
  tx: Db,
  network: OwningNetwork & Pick<NetworkRow, 'generation'>,
): Promise<PublicAddressRow> {
  const held = await tx
    .selectFrom('public_addresses')
    .selectAll()
    .where('network_id', '=', network.id)
    .where('is_source_nat', '=', true)
    .executeTakeFirst();
  if (held !== undefined) return held;
  const free = await lockFreeAddress(tx, network);
  return assignAddress(tx, free, {
    network,
    state: 'Allocated',
    sourceNat: true,
    generation: network.generation,
  });
}
