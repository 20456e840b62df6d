import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { AffinityGroupRow } from '../../store/schema.ts';

/** A group with the names of its owner and the ids of its instances. */
export interface ShownAffinityGroup extends AffinityGroupRow {
  readonly account: string;
  readonly is_project: boolean;
  readonly domain: string;
  readonly domain_path: string;
  readonly instance_ids: readonly string[];
}

/** Affinity groups; callers add conditions and order. */
export function selectAffinityGroups(db: Db) {
  return db
    .selectFrom('affinity_groups')
    .innerJoin('accounts', 'accounts.id', 'affinity_groups.account_id')
    .innerJoin('domains', 'domains.id', 'affinity_groups.domain_id')
    .selectAll('affinity_groups')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
      sql<string[]>`array(select instance_id from affinity_group_instances
        where group_id = affinity_groups.id order by instance_id)`.as('instance_ids'),
    ]);
}

interface OwnGroups {
  readonly accountId: string;
  /** `undefined`: none were asked for. */
  readonly ids: readonly string[] | undefined;
  readonly names: readonly string[] | undefined;
}

/**
 * The groups of an account that a call names by ids or by names; `undefined` when by neither. They stay until the transaction
 * ends. 431 when it names them by both, or one that the account has not.
 */
export async function namedGroups(
  call: Call,
  { accountId, ids, names }: OwnGroups,
): Promise<string[] | undefined> {
  if (ids !== undefined && names !== undefined)
    throw refused('Give affinitygroupids or affinitygroupnames, not both');
  if (ids === undefined && names === undefined) return undefined;
  const found = new Set<string>();
  for (const id of ids ?? []) {
    const group = await call.tx
      .selectFrom('affinity_groups')
      .selectAll()
      .where(identified(id))
      .forKeyShare()
      .executeTakeFirst();
    if (group === undefined) throw unknownId(call, { parameter: 'affinitygroupids', id });
    await requireOwner(call, group, `affinity group ${group.id}`);
    if (group.account_id !== accountId)
      throw refused(`Affinity group ${group.name} and the instance belong to different accounts`);
    found.add(group.id);
  }
  for (const name of names ?? []) {
    const group = await call.tx
      .selectFrom('affinity_groups')
      .select('id')
      .where('account_id', '=', accountId)
      .where('name', '=', name)
      .forKeyShare()
      .executeTakeFirst();
    if (group === undefined) throw refused(`The account has no affinity group ${name}`);
    found.add(group.id);
  }
  return [...found];
}

/** Puts an instance into these groups and into no others. */
export async function setGroups(
  tx: Db,
  instanceId: string,
  groupIds: readonly string[],
): Promise<void> {
  await tx.deleteFrom('affinity_group_instances').where('instance_id', '=', instanceId).execute();
  if (groupIds.length === 0) return;
  await tx
    .insertInto('affinity_group_instances')
    .values(groupIds.map(group_id => ({ group_id, instance_id: instanceId })))
    .execute();
}

/** The groups of many instances in one query, by instance. */
export async function loadAffinityGroups(
  db: Db,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ShownAffinityGroup[]>> {
  const groups = new Map<string, ShownAffinityGroup[]>();
  if (instanceIds.length === 0) return groups;
  const rows = await selectAffinityGroups(db)
    .innerJoin('affinity_group_instances as of', 'of.group_id', 'affinity_groups.id')
    .select('of.instance_id')
    .where('of.instance_id', 'in', [...instanceIds])
    .orderBy('affinity_groups.seq')
    .execute();
  for (const row of rows)
    groups.set(row.instance_id, [...(groups.get(row.instance_id) ?? []), row]);
  return groups;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
