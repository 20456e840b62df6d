import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';

/** What a setting may have a value of its own for. What is set for a wider place holds inside it, too. */
export type Scope = 'zone' | 'cluster' | 'imagestore' | 'domain' | 'account';

/** The scopes that a setting can be set for when its values differ by `scope`: that one and those around it. */
export function settableAt(scope: Scope): readonly Scope[] {
  switch (scope) {
    case 'zone':
      return ['zone'];
    case 'cluster':
      return ['cluster', 'zone'];
    case 'imagestore':
      return ['imagestore', 'zone'];
    case 'domain':
      return ['domain'];
    case 'account':
      return ['account', 'domain'];
  }
}

/** The ids of each place and of those around it, the nearest first. */
export async function placesAround(
  db: Db,
  scope: Scope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  switch (scope) {
    case 'zone':
      return new Map(ids.map(id => [id, [id]]));
    case 'cluster':
    case 'imagestore': {
      const table = scope === 'cluster' ? 'clusters' : 'image_stores';
      const rows = await db
        .selectFrom(table)
        .select(['id', 'zone_id'])
        .where('id', 'in', [...ids])
        .execute();
      return new Map(rows.map(row => [row.id, [row.id, row.zone_id]]));
    }
    case 'domain':
    case 'account':
      return domainsAround(db, scope, ids);
  }
}

async function domainsAround(
  db: Db,
  scope: 'domain' | 'account',
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const owners =
    scope === 'account'
      ? sql`select id, domain_id from accounts where id = any(${[...ids]}::uuid[])`
      : sql`select id, id as domain_id from domains where id = any(${[...ids]}::uuid[])`;
  const { rows } = await sql<{ id: string; domains: string[] }>`
    select owners.id, array_agg(up.id order by length(up.path) desc) as domains
    from (${owners}) owners join domains own on own.id = owners.domain_id
    join domains up on own.path = up.path or starts_with(own.path, up.path || '/')
    group by owners.id`.execute(db);
  return new Map(
    rows.map(row => [row.id, scope === 'account' ? [row.id, ...row.domains] : row.domains]),
  );
}
