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
  const changed = sql`network_id = ${networkId} and generation > ${window.from} and generation <= ${window.to}`;
  await sql`
    with gone_firewall as (delete from firewall_rules where ${changed} and state = 'Revoke'),
      active_firewall as (update firewall_rules set state = 'Active' where ${changed} and state = 'Add'),
      gone_forwards as (delete from port_forwarding_rules where ${changed} and state = 'Revoke'),
      active_forwards as (update port_forwarding_rules set state = 'Active' where ${changed} and state = 'Add')
    update public_addresses set state = 'Allocated' where ${changed} and state = 'Allocating'`.execute(
    tx,
  );
  await tx
    .updateTable('public_addresses')
    .set(freeAddress)
    .where(sql<boolean>`${changed} and state = 'Releasing'`)
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
