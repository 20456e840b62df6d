import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { DomainRow } from '../../store/schema.ts';

/** Domains that are not being deleted, with their parent's name and whether there are domains below. */
export function selectDomains(db: Db) {
  return db
    .selectFrom('domains')
    .selectAll('domains')
    .select([
      sql<string | null>`(select p.name from domains p where p.id = domains.parent_id)`.as(
        'parent_name',
      ),
      sql<boolean>`exists (select 1 from domains c where c.parent_id = domains.id)`.as('has_child'),
      sql<Record<
        string,
        string
      > | null>`(select jsonb_object_agg(s.name, s.value) from scoped_settings s where s.place_id = domains.id)`.as(
        'settings',
      ),
    ])
    .where('domains.state', '=', 'Active');
}

/** The domain at `path` and those below it, as a `where` clause on `domains`. */
export function within(path: string): Expression<SqlBool> {
  return sql<SqlBool>`(domains.path = ${path} or starts_with(domains.path, ${`${path}/`}))`;
}

/** The domain at `path` and those below it, locked against deletion and new members, parents first. */
export async function lockTree(tx: Db, path: string): Promise<DomainRow[]> {
  const lock = () =>
    tx
      .selectFrom('domains')
      .selectAll()
      .where(within(path))
      .where('state', '=', 'Active')
      .orderBy('path')
      .forUpdate()
      .execute();
  // One that was made while its parent's lock was waited for is seen by the next look only.
  let tree = await lock();
  for (;;) {
    const again = await lock();
    if (again.length === tree.length) return again;
    tree = again;
  }
}
