import type { Db } from '../../store/database.ts';
import type { AccountRow, JobRow } from '../../store/schema.ts';

/** Role of the account that a job's result is for; what a plain user sees when the account is gone. */
export async function viewerOf(
  db: Db,
  job: Pick<JobRow, 'account_id'>,
): Promise<AccountRow['role']> {
  const account = await db
    .selectFrom('accounts')
    .select('role')
    .where('id', '=', job.account_id)
    .executeTakeFirst();
  return account?.role ?? 'User';
}
