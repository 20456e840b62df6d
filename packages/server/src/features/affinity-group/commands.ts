import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, inScope, listScope, ownerOf } from '../../access/access.ts';
import { ownedRow } from '../../access/owned-row.ts';
import { requireRoom } from '../../access/room.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf, pageOfList } from '../../store/page.ts';
import type { AffinityGroupRow } from '../../store/schema.ts';
import { instanceOfJob } from '../instance/job-answer.ts';
import { lockInstance, ownedInstance } from '../instance/repository.ts';
import { checkedName } from '../user/create.ts';
import { namedGroups, selectAffinityGroups, setGroups } from './repository.ts';
import { affinityGroupResponse } from './response.ts';
import { affinityTypes, typeOfText } from './types.ts';

export const affinityGroupCommands = {
  createAffinityGroup: {
    kind: 'job',
    async begin(call, params) {
      const owner = await ownerOf(call, params);
      const type = typeOfText(params.type);
      if (type === undefined)
        throw refused(
          `Invalid affinity group type ${params.type}: one of ${affinityTypes.join(', ')}`,
        );
      await requireRoom(call, 'affinity_groups', owner.account.id);
      const made = await call.tx
        .insertInto('affinity_groups')
        .values({
          account_id: owner.account.id,
          domain_id: owner.domain.id,
          name: checkedName('name', params.name),
          description: params.description ?? '',
          type,
        })
        .onConflict(conflict => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made === undefined)
        throw refused(`The account has an affinity group with the name ${params.name} already`);
      return { object: { type: 'AffinityGroup', id: made.id }, waits: null };
    },
    async result(db, job) {
      const id = job.object_id ?? '';
      const row = await selectAffinityGroups(db)
        .where('affinity_groups.id', '=', id)
        .executeTakeFirst();
      return row === undefined ? { id } : affinityGroupResponse(row);
    },
  },

  deleteAffinityGroup: {
    kind: 'job',
    async begin(call, params) {
      const { id } = await groupToDelete(call, params);
      await call.tx.deleteFrom('affinity_groups').where('id', '=', id).execute();
      return { object: { type: 'AffinityGroup', id }, waits: null };
    },
    result: () => Promise.resolve({ success: true }),
  },

  listAffinityGroups: {
    kind: 'sync',
    async run(call, params) {
      const scope = await listScope(call, params);
      let query = selectAffinityGroups(call.tx)
        .where(inScope(scope, 'affinity_groups'))
        .orderBy('affinity_groups.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'affinity_groups'));
      if (params.name !== undefined) query = query.where('affinity_groups.name', '=', params.name);
      if (params.type !== undefined)
        query = query.where(
          sql<SqlBool>`affinity_groups.type = ${typeOfText(params.type) ?? params.type}`,
        );
      if (params.keyword !== undefined)
        query = query.where(containing('affinity_groups.name', params.keyword));
      if (params.virtualmachineid !== undefined) {
        const { id } = await ownedInstance(call, {
          parameter: 'virtualmachineid',
          id: params.virtualmachineid,
        });
        query = query.where(sql<SqlBool>`exists (select 1 from affinity_group_instances
          where group_id = affinity_groups.id and instance_id = ${id})`);
      }
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(affinityGroupResponse) };
    },
  },

  listAffinityGroupTypes: {
    kind: 'sync',
    run(call, params) {
      const word = params.keyword?.toLowerCase() ?? '';
      const matching = affinityTypes.filter(type => type.includes(word));
      const { count, rows } = pageOfList(call, matching, params);
      return Promise.resolve({ count, items: rows.map(type => ({ type })) });
    },
  },

  updateVMAffinityGroup: {
    kind: 'job',
    async begin(call, params) {
      const instance = await lockInstance(call, { parameter: 'id', id: params.id });
      if (instance.state !== 'Stopped' || instance.desired_state !== 'Stopped')
        throw refused(
          `The affinity groups of instance ${instance.name} cannot be changed: it is ${instance.state}, not Stopped`,
        );
      const groups = await namedGroups(call, {
        accountId: instance.account_id,
        ids: params.affinitygroupids,
        names: params.affinitygroupnames,
      });
      // A list that is given empty is not told from one that is not given: either empties it, as CloudStack's web page does.
      await setGroups(call.tx, instance.id, groups ?? []);
      return { object: { type: 'VirtualMachine', id: instance.id }, waits: null };
    },
    result: instanceOfJob,
  },
} satisfies Partial<Handlers>;

/** The group that an id, or a name in an account, names. */
async function groupToDelete(
  call: Call,
  params: ParamsOf<'deleteAffinityGroup'>,
): Promise<AffinityGroupRow> {
  const { id, name } = params;
  if ((id === undefined) === (name === undefined)) throw refused('Give either id or name');
  if (id !== undefined) return ownedRow(call, 'affinity_groups', { parameter: 'id', id });
  const { account } = await ownerOf(call, params);
  const group = await call.tx
    .selectFrom('affinity_groups')
    .selectAll()
    .where('account_id', '=', account.id)
    .where('name', '=', name ?? '')
    .executeTakeFirst();
  if (group === undefined)
    throw refused(`Account ${account.name} has no affinity group ${name ?? ''}`);
  return group;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
