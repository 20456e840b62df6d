import { sql } from 'kysely';
import type { TagOfOwner } from './load.ts';
import { type TaggableType, taggable } from './resources.ts';

/** A column `tags` of the type's table: the row's tags in the order they were made, `null` without any. */
export function tagsColumn(type: TaggableType) {
  return sql<readonly TagOfOwner[] | null>`(
    select json_agg(json_build_object('resource_type', tags.resource_type, 'resource_id', tags.resource_id,
      'key', tags.key, 'value', tags.value, 'customer', tags.customer, 'account', tag_accounts.name,
      'account_id', tags.account_id, 'is_project', tag_accounts.is_project,
      'domain_id', tags.domain_id, 'domain', tag_domains.name, 'domainPath', tag_domains.path) order by tags.seq)
    from tags
    join accounts tag_accounts on tag_accounts.id = tags.account_id
    join domains tag_domains on tag_domains.id = tags.domain_id
    where tags.resource_type = ${sql.lit(type)} and tags.resource_id = ${sql.ref(`${taggable[type]}.id`)})`.as(
    'tags',
  );
}
