import { type Expression, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../access/access.ts';
import type { Db } from '../../store/database.ts';

/** Accounts with their domain; those that are being deleted are gone. */
export function selectAccounts(db: Db) {
  return db
    .selectFrom('accounts')
    .innerJoin('domains', 'domains.id', 'accounts.domain_id')
    .innerJoin('roles', 'roles.id', 'accounts.role_id')
    .selectAll('accounts')
    .select([
      'domains.name as domain_name',
      'domains.path as domain_path',
      'roles.name as role_name',
    ])
    .where('accounts.state', '<>', 'removed');
}

/** The scope of a list as a `where` clause on `selectAccounts`. */
export function accountsInScope(scope: Scope): Expression<SqlBool> {
  switch (scope.kind) {
    case 'all':
      return sql<SqlBool>`true`;
    case 'account':
      return sql<SqlBool>`accounts.id = ${scope.accountId}`;
    case 'domain':
      return sql<SqlBool>`accounts.domain_id = ${scope.domainId}`;
    case 'tree':
      return sql<SqlBool>`(domains.path = ${scope.path} or starts_with(domains.path, ${`${scope.path}/`}))`;
  }
}
