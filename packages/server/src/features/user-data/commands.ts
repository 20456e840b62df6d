import type { ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, inScope, listScope, ownerOf } from '../../access/access.ts';
import { ownedBy } from '../../access/owned-by.ts';
import { ownedRow } from '../../access/owned-row.ts';
import { requireRoom } from '../../access/room.ts';
import type { Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { UserDataRow } from '../../store/schema.ts';
import { checkedUserData } from '../instance/user-data.ts';
import { checkedName } from '../user/create.ts';

export const userDataCommands = {
  registerUserData: {
    kind: 'sync',
    async run(call, params) {
      const { account, domain } = await ownerOf(call, params);
      await requireRoom(call, 'user_data', account.id);
      const made = await call.tx
        .insertInto('user_data')
        .values({
          account_id: account.id,
          domain_id: domain.id,
          name: checkedName('name', params.name),
          data: checkedUserData(params.userdata),
          params: params.params === undefined ? null : checkedVariables(params.params),
        })
        .onConflict(conflict => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made === undefined)
        throw refused(`The account has user data with the name ${params.name} already`);
      const row = await selectUserData(call.tx)
        .where('user_data.id', '=', made.id)
        .executeTakeFirstOrThrow();
      return fields(row);
    },
  },

  listUserData: {
    kind: 'sync',
    async run(call, params) {
      let query = selectUserData(call.tx)
        .where(inScope(await listScope(call, params), 'user_data'))
        .orderBy('user_data.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'user_data'));
      if (params.name !== undefined) query = query.where('user_data.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('user_data.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(fields) };
    },
  },

  deleteUserData: {
    kind: 'sync',
    async run(call, params) {
      // Locked: a deployment that takes it waits, or has taken it.
      const row = await ownedRow(call, 'user_data', { parameter: 'id', id: params.id });
      const user = await call.tx
        .selectFrom('instances')
        .select('name')
        .where('user_data_id', '=', row.id)
        .limit(1)
        .executeTakeFirst();
      if (user !== undefined)
        throw refused(`User data ${row.name} is still that of instance ${user.name}`);
      await call.tx.deleteFrom('user_data').where('id', '=', row.id).execute();
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

function selectUserData(db: Db) {
  return db
    .selectFrom('user_data')
    .innerJoin('accounts', 'accounts.id', 'user_data.account_id')
    .innerJoin('domains', 'domains.id', 'user_data.domain_id')
    .selectAll('user_data')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
    ]);
}

interface ShownUserData extends UserDataRow {
  readonly account: string;
  readonly is_project: boolean;
  readonly domain: string;
  readonly domain_path: string;
}

function fields(row: ShownUserData): ResultOf<'registerUserData'> {
  return {
    id: row.id,
    name: row.name,
    userdata: row.data,
    ...ownedBy(row),
    accountid: row.account_id,
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
    ...(row.params === null ? {} : { params: row.params }),
  };
}

/** Names of variables, separated by commas, each once. 431 for what cannot be a name. */
function checkedVariables(text: string): string {
  const names = text.split(',').map(name => name.trim());
  if (new Set(names).size !== names.length || !names.every(name => /^\w[\w.-]*$/.test(name)))
    throw refused('params must be names of variables, separated by commas, each once');
  return names.join(',');
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
