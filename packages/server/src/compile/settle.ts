import { type QueryCreator, sql, type UpdateQueryBuilder } from 'kysely';
import { freeAddresses } from '../features/public-address/free.ts';
import type { Db } from '../store/database.ts';
import type { Database } from '../store/schema.ts';
import type { GenerationWindow } from './rows.ts';

/** Generations of a network that its router has applied. */
export interface AppliedWindow extends GenerationWindow {
  readonly networkId: string;
}

/** The statement that records what was applied in the network's row. */
type Recording<Row> = (
  query: QueryCreator<Database>,
) => UpdateQueryBuilder<Database, 'networks', 'networks', Row>;

/**
 * Marks as applied what the window's generations changed: added rules and NICs are active, revoked ones gone, released addresses
 * free. The statement that `record` builds does most of it, and its row is given. A row that changes meanwhile has left the window.
 */
export async function settleRows<Row>(
  tx: Db,
  { networkId, from, to }: AppliedWindow,
  record: Recording<Row>,
): Promise<Row> {
  const changed = sql`network_id = ${networkId} and generation > ${from} and generation <= ${to}`;
  const gone = (table: string) => () =>
    sql<object>`(delete from ${sql.table(table)} where ${changed} and state = 'Revoke')`;
  const turned = (table: string, before: string, after: string) => () =>
    sql<object>`(update ${sql.table(table)} set state = ${sql.lit(after)} where ${changed} and state = ${sql.lit(before)})`;
  const query = tx
    .with('gone_firewall', gone('firewall_rules'))
    .with('active_firewall', turned('firewall_rules', 'Add', 'Active'))
    .with('gone_forwards', gone('port_forwarding_rules'))
    .with('active_forwards', turned('port_forwarding_rules', 'Add', 'Active'))
    .with('active_nics', turned('nics', 'Add', 'Active'))
    .with('held', turned('public_addresses', 'Allocating', 'Allocated'));
  const row = await record(query)
    .returning([
      sql<boolean>`exists (select from public_addresses where ${changed} and state = 'Releasing')`.as(
        'releasing',
      ),
      sql<boolean>`exists (select from nics where ${changed} and state = 'Revoke')`.as('revoked'),
    ])
    .$castTo<Row & { readonly releasing: boolean; readonly revoked: boolean }>()
    .executeTakeFirstOrThrow();
  // What rules refer to goes after them.
  if (row.releasing) await freeAddresses(tx, sql<boolean>`${changed} and state = 'Releasing'`);
  if (row.revoked)
    await tx.deleteFrom('nics').where(sql<boolean>`${changed} and state = 'Revoke'`).execute();
  return row;
}
