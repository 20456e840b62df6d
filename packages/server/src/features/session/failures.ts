import { recordEvent } from '../../events/record.ts';
import type { Db } from '../../store/database.ts';
import { setting } from '../setting/value.ts';
import { selectUsers } from '../user/repository.ts';
import { isDefaultUser } from '../user/response.ts';

/**
 * Counts a wrong password. At `incorrect.login.attempts.allowed` in a row the user is disabled, but never the one that every
 * installation has: somebody must be left who can enable the others.
 */
export async function noteFailure(db: Db, userId: string): Promise<void> {
  const allowed = await setting(db, 'incorrect.login.attempts.allowed');
  if (allowed === 0) return;
  const counted = await db
    .updateTable('users')
    .set(eb => ({ failed_logins: eb('failed_logins', '+', 1) }))
    .where('id', '=', userId)
    .returning('failed_logins')
    .executeTakeFirst();
  if (counted === undefined || counted.failed_logins < allowed) return;
  const user = await selectUsers(db).where('users.id', '=', userId).executeTakeFirst();
  if (user === undefined || user.state !== 'enabled' || isDefaultUser(user)) return;
  await db
    .updateTable('users')
    .set({ state: 'disabled' })
    .where('id', '=', userId)
    .where('state', '=', 'enabled')
    .execute();
  await db.deleteFrom('sessions').where('user_id', '=', userId).execute();
  await recordEvent(db, {
    type: 'USER.DISABLE',
    level: 'WARN',
    state: 'Completed',
    description: `User ${user.username} was disabled after ${counted.failed_logins} wrong passwords`,
    accountId: user.account_id,
    domainId: user.domain_id,
    userId,
    resource: { type: 'User', id: userId },
  });
}

/** The right password came. */
export async function clearFailures(db: Db, userId: string): Promise<void> {
  await db.updateTable('users').set({ failed_logins: 0 }).where('id', '=', userId).execute();
}
