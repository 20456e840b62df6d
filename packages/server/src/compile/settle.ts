import { sql } from 'kysely';
import { freeAddresses } from '../features/public-address/free.ts';
import type { Db } from '../store/database.ts';
import type { GenerationWindow } from './rows.ts';

/**
 * Marks as applied what a network's generations in the window changed: added rules and NICs are active, revoked ones gone,
 * released addresses free. Call in the transaction that records the applied generation.
 */
export async function settleRows(
  tx: Db,
  networkId: string,
  window: GenerationWindow,
): Promise<void> {
  const changed = sql`network_id = ${networkId} and generation > ${window.from} and generation <= ${window.to}`;
  const { rows } = await sql<{ releasing: boolean; revoked: boolean }>`
    with gone_firewall as (delete from firewall_rules where ${changed} and state = 'Revoke'),
      active_firewall as (update firewall_rules set state = 'Active' where ${changed} and state = 'Add'),
      gone_forwards as (delete from port_forwarding_rules where ${changed} and state = 'Revoke'),
      active_forwards as (update port_forwarding_rules set state = 'Active' where ${changed} and state = 'Add'),
      active_nics as (update nics set state = 'Active' where ${changed} and state = 'Add'),
      held as (update public_addresses set state = 'Allocated' where ${changed} and state = 'Allocating')
    select exists (select from public_addresses where ${changed} and state = 'Releasing') as releasing,
      exists (select from nics where ${changed} and state = 'Revoke') as revoked`.execute(tx);
  // What rules refer to goes after them.
  if (rows[0]?.releasing === true)
    await freeAddresses(tx, sql<boolean>`${changed} and state = 'Releasing'`);
  if (rows[0]?.revoked === true)
    await tx.deleteFrom('nics').where(sql<boolean>`${changed} and state = 'Revoke'`).execute();
}
