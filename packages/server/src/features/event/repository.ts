import type { Db } from '../../store/database.ts';

/** Events with the names of who caused them; those names may be gone. */
export function selectEvents(db: Db) {
  return db
    .selectFrom('events')
    .leftJoin('accounts', 'accounts.id', 'events.account_id')
    .leftJoin('users', 'users.id', 'events.user_id')
    .leftJoin('domains', 'domains.id', 'events.domain_id')
    .selectAll('events')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'users.username as username',
      'domains.name as domain',
      'domains.path as domain_path',
    ]);
}
