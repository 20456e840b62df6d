import { identified } from '../../access/access.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkChange } from '../network/change.ts';
import { freeAddresses, noStaticNat } from './free.ts';

/** Gives an address back with its rules: at once where there is no router, else as soon as the router has let go of them. */
export async function releaseAddress(
  tx: Db,
  change: NetworkChange,
  addressId: string,
): Promise<void> {
  for (const table of ['firewall_rules', 'port_forwarding_rules'] as const)
    await (change.live
      ? tx
          .updateTable(table)
          .set({ state: 'Revoke', generation: change.generation })
          .where('public_address_id', '=', addressId)
          .execute()
      : tx.deleteFrom(table).where('public_address_id', '=', addressId).execute());
  await (change.live
    ? tx
        .updateTable('public_addresses')
        .set({ state: 'Releasing', ...noStaticNat, generation: change.generation })
        .where('id', '=', addressId)
        .execute()
    : freeAddresses(tx, identified(addressId)));
}
