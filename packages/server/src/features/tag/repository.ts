import type { Db } from '../../store/database.ts';

/** Tags with the names of their owner. */
export function selectTags(db: Db) {
  return db
    .selectFrom('tags')
    .innerJoin('accounts', 'accounts.id', 'tags.account_id')
    .innerJoin('domains', 'domains.id', 'tags.domain_id')
    .selectAll('tags')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domainPath',
    ]);
}
