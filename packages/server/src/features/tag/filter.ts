import { type Expression, type SqlBool, sql } from 'kysely';
import { type TaggableType, taggable } from './resources.ts';

/** `tags` as decoded from `tags[0].key=..&tags[0].value=..`. */
type TagFilter = readonly Readonly<Record<string, string>>[];

/**
 * `where` clause of a list: rows of the type's table that carry every given tag. A pair without `value` asks for the key
 * alone. Matches all rows without `tags`.
 */
export function hasTags(type: TaggableType, tags: TagFilter | undefined): Expression<SqlBool> {
  const clauses = (tags ?? []).map(tag => carries(type, tag));
  if (clauses.length === 0) return sql<SqlBool>`true`;
  return sql<SqlBool>`(${sql.join(clauses, sql` and `)})`;
}

function carries(type: TaggableType, tag: Readonly<Record<string, string>>): Expression<SqlBool> {
  const value = tag['value'];
  return sql<SqlBool>`exists (select 1 from tags where tags.resource_type = ${type}
    and tags.resource_id = ${sql.ref(`${taggable[type]}.id`)} and tags.key = ${tag['key'] ?? ''}
    ${value === undefined ? sql`` : sql`and tags.value = ${value}`})`;
}
