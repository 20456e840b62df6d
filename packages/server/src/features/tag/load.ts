import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import type { Db } from '../../store/database.ts';
import { selectTags } from './repository.ts';
import type { TaggableType } from './resources.ts';

export type TagEntity = ResultOf<'listTags'>['items'][number];

/** The tags of many rows in one query, by row id, as responses show them. Rows without tags have no entry. */
export async function loadTags(
  db: Db,
  type: TaggableType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly TagEntity[]>> {
  const byId = new Map<string, TagEntity[]>();
  if (ids.length === 0) return byId;
  const rows = await selectTags(db)
    .where('tags.resource_type', '=', type)
    .where('tags.resource_id', 'in', [...ids])
    .orderBy('tags.seq')
    .execute();
  for (const row of rows) {
    const tags = byId.get(row.resource_id) ?? [];
    tags.push(tagResponse(row));
    byId.set(row.resource_id, tags);
  }
  return byId;
}

export interface TagOfOwner {
  readonly resource_type: string;
  readonly resource_id: string;
  readonly key: string;
  readonly value: string;
  readonly customer: string | null;
  readonly account: string;
  readonly account_id: string;
  readonly is_project: boolean;
  readonly domain_id: string;
  readonly domain: string;
  readonly domainPath: string;
}

/** One tag as the API shows it. */
export function tagResponse(row: TagOfOwner): TagEntity {
  return {
    key: row.key,
    value: row.value,
    resourcetype: row.resource_type,
    resourceid: row.resource_id,
    ...(row.customer === null ? {} : { customer: row.customer }),
    ...ownedBy(row),
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domainPath,
  };
}
