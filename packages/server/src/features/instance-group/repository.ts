import { requireRoom } from '../../access/room.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { checkedName } from '../user/create.ts';

/** Groups of instances with the names of their owner. */
export function selectInstanceGroups(db: Db) {
  return db
    .selectFrom('instance_groups')
    .innerJoin('accounts', 'accounts.id', 'instance_groups.account_id')
    .innerJoin('domains', 'domains.id', 'instance_groups.domain_id')
    .selectAll('instance_groups')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
    ]);
}

interface Owner {
  readonly account_id: string;
  readonly domain_id: string;
}

/** Id of the owner's group of that name, which is made when there is none. */
export async function groupNamed(call: Call, owner: Owner, name: string): Promise<string> {
  const { account_id, domain_id } = owner;
  const known = await call.tx
    .selectFrom('instance_groups')
    .select('id')
    .where('account_id', '=', account_id)
    .where('name', '=', name)
    .forKeyShare()
    .executeTakeFirst();
  if (known !== undefined) return known.id;
  await requireRoom(call, 'instance_groups', account_id);
  const { id } = await call.tx
    .insertInto('instance_groups')
    .values({ account_id, domain_id, name: checkedName('group', name) })
    // One that was made meanwhile is updated, so that it is returned, and stays until the transaction ends.
    .onConflict(conflict =>
      conflict.columns(['account_id', 'name']).doUpdateSet({ name: eb => eb.ref('excluded.name') }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
