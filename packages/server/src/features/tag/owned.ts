import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { ownerColumns, parseTaggable, type TaggableType, taggable } from './resources.ts';

interface Wanted {
  readonly resourcetype: string;
  readonly resourceids: readonly string[];
}

export interface OwnedResource {
  readonly type: TaggableType;
  readonly id: string;
  readonly account_id: string;
  readonly domain_id: string;
}

/** The resources of the call, kept until the transaction ends. 431 for a type or id that is unknown, 531 for a stranger's. */
export async function ownedResources(call: Call, wanted: Wanted): Promise<OwnedResource[]> {
  const type = parseTaggable(wanted.resourcetype);
  if (type === null)
    throw new IsolaError('refused_value', {
      reason: `Invalid resourcetype ${wanted.resourcetype}: one of ${Object.keys(taggable).join(', ')}`,
    });
  const found = new Map<string, OwnedResource>();
  for (const id of wanted.resourceids) {
    const row = await call.tx
      .selectFrom(taggable[type])
      .select('id')
      .select([...ownerColumns(type)])
      .where(
        type === 'Project'
          ? sql<SqlBool>`id in (select id from accounts where ${identified(id)})`
          : identified(id),
      )
      .forKeyShare()
      .executeTakeFirst();
    // An address that nobody holds has no owner.
    if (row === undefined || row.account_id === null || row.domain_id === null)
      throw unknownId(call, { parameter: 'resourceids', id });
    const owner = { account_id: row.account_id, domain_id: row.domain_id };
    await requireOwner(call, owner, `${type} ${row.id}`);
    found.set(row.id, { type, id: row.id, ...owner });
  }
  if (found.size === 0)
    throw new IsolaError('refused_value', { reason: 'resourceids must name a resource' });
  return [...found.values()];
}
