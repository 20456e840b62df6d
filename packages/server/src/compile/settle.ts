import { sql } from 'kysely';
import type { Db } from '../store/database.ts';
import type { GenerationWindow } from './rows.ts';

/**
 * Marks as applied what a network's generations in the window changed: added rules are active, revoked ones gone, released
 * addresses free. Call in the transaction that records the applied generation. NICs are the instances' matter.
 */
export async function settleRows(
  tx: Db,
  networkId: string,
  window: GenerationWindow,
): Promise<void> {
  const changed = sql<boolean>`network_id = ${networkId} and generation > ${window.from} and generation <= ${window.to}`;
  for (const table of ['firewall_rules', 'port_forwarding_rules'] as const) {
    await tx.deleteFrom(table).where(changed).where('state', '=', 'Revoke').execute();
    await tx
      .updateTable(table)
      .set({ state: 'Active' })
      .where(changed)
      .where('state', '=', 'Add')
      .execute();
  }
  await tx
    .updateTable('public_addresses')
    .set({ state: 'Allocated' })
    .where(changed)
    .where('state', '=', 'Allocating')
    .execute();
  await tx
    .updateTable('public_addresses')
    .set(freeAddress)
    .where(changed)
    .where('state', '=', 'Releasing')
    .execute();
}

/** Columns of a public address that belongs to nobody. */
export const freeAddress = {
  state: 'Free',
  account_id: null,
  domain_id: null,
  network_id: null,
  is_source_nat: false,
  static_nat_nic_id: null,
  display: true,
  generation: 0,
  allocated: null,
} as const;
