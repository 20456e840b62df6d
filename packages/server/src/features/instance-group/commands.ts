import type { ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, inScope, listScope, ownerOf } from '../../access/access.ts';
import { ownedBy } from '../../access/owned-by.ts';
import { ownedRow } from '../../access/owned-row.ts';
import { requireRoom } from '../../access/room.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { InstanceGroupRow } from '../../store/schema.ts';
import { checkedName } from '../user/create.ts';
import { selectInstanceGroups } from './repository.ts';

type Entity = ResultOf<'createInstanceGroup'>;

export const instanceGroupCommands = {
  createInstanceGroup: {
    kind: 'sync',
    async run(call, params) {
      const { account, domain } = await ownerOf(call, params);
      await requireRoom(call, 'instance_groups', account.id);
      const made = await call.tx
        .insertInto('instance_groups')
        .values({
          account_id: account.id,
          domain_id: domain.id,
          name: checkedName('name', params.name),
        })
        .onConflict(conflict => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made === undefined) throw taken(params.name);
      return shown(call, made.id);
    },
  },

  updateInstanceGroup: {
    kind: 'sync',
    async run(call, params) {
      const group = await ownedRow(call, 'instance_groups', {
        parameter: 'id',
        id: params.id,
      });
      if (params.name !== undefined && params.name !== group.name) {
        const name = checkedName('name', params.name);
        const other = await call.tx
          .selectFrom('instance_groups')
          .select('id')
          .where('account_id', '=', group.account_id)
          .where('name', '=', name)
          .executeTakeFirst();
        if (other !== undefined) throw taken(name);
        await call.tx
          .updateTable('instance_groups')
          .set({ name })
          .where('id', '=', group.id)
          .execute();
      }
      return shown(call, group.id);
    },
  },

  deleteInstanceGroup: {
    kind: 'sync',
    async run(call, params) {
      const { id } = await ownedRow(call, 'instance_groups', {
        parameter: 'id',
        id: params.id,
      });
      await call.tx.deleteFrom('instance_groups').where('id', '=', id).execute();
      return { success: true };
    },
  },

  listInstanceGroups: {
    kind: 'sync',
    async run(call, params) {
      let query = selectInstanceGroups(call.tx)
        .where(inScope(await listScope(call, params), 'instance_groups'))
        .orderBy('instance_groups.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'instance_groups'));
      if (params.name !== undefined) query = query.where('instance_groups.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('instance_groups.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(fields) };
    },
  },
} satisfies Partial<Handlers>;

async function shown(call: Call, id: string): Promise<Entity> {
  return fields(
    await selectInstanceGroups(call.tx)
      .where('instance_groups.id', '=', id)
      .executeTakeFirstOrThrow(),
  );
}

interface ShownGroup extends InstanceGroupRow {
  readonly account: string;
  readonly is_project: boolean;
  readonly domain: string;
  readonly domain_path: string;
}

function fields(row: ShownGroup): Entity {
  return {
    id: row.id,
    name: row.name,
    created: row.created,
    ...ownedBy(row),
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
  };
}

function taken(name: string): IsolaError {
  return new IsolaError('refused_value', {
    reason: `The account has an instance group with the name ${name} already`,
  });
}
