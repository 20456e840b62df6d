import type { NotNull } from 'kysely';
import { identified } from '../../access/access.ts';
import type { Db } from '../../store/database.ts';
import type { UserOfAccount } from './response.ts';

/** Users with account and domain; those of accounts that are being deleted are gone. The joins are outer ones for `longPageOf`. */
export function selectUsers(db: Db) {
  return db
    .selectFrom('users')
    .leftJoin('accounts', 'accounts.id', 'users.account_id')
    .leftJoin('domains', 'domains.id', 'users.domain_id')
    .leftJoin('roles', 'roles.id', 'accounts.role_id')
    .selectAll('users')
    .select([
      'accounts.name as account_name',
      'accounts.role',
      'accounts.role_id',
      'roles.name as role_name',
      'domains.name as domain_name',
      'domains.path as domain_path',
    ])
    .$narrowType<{
      account_name: NotNull;
      role: NotNull;
      role_id: NotNull;
      role_name: NotNull;
      domain_name: NotNull;
      domain_path: NotNull;
    }>();
}

export async function findUser(db: Db, id: string): Promise<UserOfAccount | undefined> {
  return selectUsers(db).where(identified(id, 'users')).executeTakeFirst();
}

/** The users of many accounts in one query. */
export async function usersOf(
  db: Db,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, readonly UserOfAccount[]>> {
  const byAccount = new Map<string, UserOfAccount[]>();
  if (accountIds.length === 0) return byAccount;
  const rows = await selectUsers(db)
    .where('users.account_id', 'in', [...accountIds])
    .orderBy('users.seq')
    .execute();
  for (const row of rows) {
    const users = byAccount.get(row.account_id) ?? [];
    users.push(row);
    byAccount.set(row.account_id, users);
  }
  return byAccount;
}
