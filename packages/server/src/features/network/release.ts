import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import { freeAddresses } from '../public-address/free.ts';

/** Deletes a network that has neither NICs nor routers (any more), with its rules; its addresses and VLAN tag are free. */
export async function releaseNetwork(tx: Db, networkId: string): Promise<void> {
  await tx.deleteFrom('firewall_rules').where('network_id', '=', networkId).execute();
  await tx.deleteFrom('port_forwarding_rules').where('network_id', '=', networkId).execute();
  await freeAddresses(tx, sql<boolean>`network_id = ${networkId}`);
  await tx.deleteFrom('vlan_tags').where('network_id', '=', networkId).execute();
  await tx.deleteFrom('networks').where('id', '=', networkId).execute();
}
