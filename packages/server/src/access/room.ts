import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Call } from '../http/call.ts';

/**
 * How many an account can have of what costs it nothing, and CloudStack bounds nowhere: so many that nobody works against it,
 * so few that nobody fills the database.
 */
const most = {
  affinity_groups: { count: 100, called: 'affinity groups' },
  /** Notes about what is the account's, whoever wrote them. */
  annotations: { count: 1000, called: 'notes' },
  instance_groups: { count: 1000, called: 'instance groups' },
  ssh_key_pairs: { count: 100, called: 'SSH key pairs' },
  user_data: { count: 100, called: 'user data' },
  /** Every event of an account is sent to each of its webhooks. */
  webhooks: { count: 20, called: 'webhooks' },
} as const;

/** Refuses (436) one more of these for an account that has the most. Several at once wait for each other. */
export async function requireRoom(
  { tx }: Pick<Call, 'tx'>,
  table: keyof typeof most,
  accountId: string,
): Promise<void> {
  const { count, called } = most[table];
  // The row is shared with all that the account owns: not locked against those.
  await tx
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', accountId)
    .forNoKeyUpdate()
    .execute();
  const { rows } = await sql`select 1 from ${sql.table(table)} where account_id = ${accountId}
    limit 1 offset ${count - 1}`.execute(tx);
  if (rows.length > 0)
    throw new IsolaError('account_limit', { reason: `An account can have ${count} ${called}` });
}
