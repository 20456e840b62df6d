import { type Expression, type NotNull, type SqlBool, sql } from 'kysely';
import { type Scope, scopeClause } from '../../access/access.ts';
import type { Db } from '../../store/database.ts';

/** Accounts with their domain; those that are being deleted are gone, and projects are not among them. The joins are outer ones for `longPageOf`. */
export function selectAccounts(db: Db) {
  return db
    .selectFrom('accounts')
    .leftJoin('domains', 'domains.id', 'accounts.domain_id')
    .leftJoin('roles', 'roles.id', 'accounts.role_id')
    .selectAll('accounts')
    .select([
      'domains.name as domain_name',
      'domains.path as domain_path',
      'roles.name as role_name',
    ])
    .$narrowType<{ domain_name: NotNull; domain_path: NotNull; role_name: NotNull }>()
    .where('accounts.state', '<>', 'removed')
    .where('accounts.is_project', '=', false);
}

/** The scope of a list as a `where` clause on `selectAccounts`. */
export function accountsInScope(scope: Scope): Expression<SqlBool> {
  return scopeClause(scope, {
    account: sql.ref('accounts.id'),
    domain: sql.ref('accounts.domain_id'),
  });
}
