import type { Db } from '../../store/database.ts';

/** Templates with the names of their owner and zone. */
export function selectTemplates(db: Db) {
  return db
    .selectFrom('templates')
    .innerJoin('accounts', 'accounts.id', 'templates.account_id')
    .innerJoin('domains', 'domains.id', 'accounts.domain_id')
    .innerJoin('zones', 'zones.id', 'templates.zone_id')
    .selectAll('templates')
    .select([
      'accounts.name as account',
      'domains.id as domain_id',
      'domains.name as domain',
      'domains.path as domain_path',
      'zones.name as zone',
    ]);
}
