import { type Expression, type SqlBool, sql } from 'kysely';
import { identified } from '../../access/access.ts';
import type { Db } from '../../store/database.ts';
import type { Database } from '../../store/schema.ts';

export function selectZones(db: Db) {
  return db
    .selectFrom('zones')
    .leftJoin('domains', 'domains.id', 'zones.domain_id')
    .selectAll('zones')
    .select('domains.name as domain');
}

export function selectClusters(db: Db) {
  return db
    .selectFrom('clusters')
    .innerJoin('zones', 'zones.id', 'clusters.zone_id')
    .innerJoin('pods', 'pods.id', 'clusters.pod_id')
    .selectAll('clusters')
    .select(['zones.name as zone', 'pods.name as pod']);
}

/** Ids that a list was asked for, by the table each names. */
type Ids = { readonly [T in keyof Database]?: string | undefined };

/** `where` clauses for those ids that are given. */
export function withIds(ids: Ids): Expression<SqlBool>[] {
  const clauses: Expression<SqlBool>[] = [];
  for (const table of ['zones', 'pods', 'clusters', 'hosts', 'physical_networks'] as const) {
    const id = ids[table];
    if (id !== undefined) clauses.push(identified(id, table));
  }
  return clauses;
}

/** `where` clauses: columns that equal a text in any letter case, for those texts that are given. */
export function withTexts(
  texts: Readonly<Record<string, string | undefined>>,
): Expression<SqlBool>[] {
  return Object.entries(texts).flatMap(([column, text]) =>
    text === undefined ? [] : [sql<SqlBool>`lower(${sql.ref(column)}) = lower(${text})`],
  );
}
