import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, listScope, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import type { AccountRow } from '../../store/schema.ts';
import { kindOfAccountType } from '../role/defaults.ts';
import { insertAccount } from './create.ts';
import { administeredAccount, requireControl } from './guard.ts';
import { refuseLentNetworks, removalGeneration, removeAccount, removeNow } from './removal.ts';
import { accountsInScope, selectAccounts } from './repository.ts';
import { accountResponses, isDefaultAccount } from './response.ts';
import { changeAccount } from './update.ts';

export const accountCommands = {
  createAccount: {
    kind: 'sync',
    async run(call, params) {
      const id = await insertAccount(call, params);
      const row = await selectAccounts(call.tx)
        .where('accounts.id', '=', id)
        .executeTakeFirstOrThrow();
      const [made = {}] = await accountResponses(call.tx, [row], shown(call, undefined));
      return made;
    },
  },

  updateAccount: {
    kind: 'sync',
    async run(call, params) {
      const id = await changeAccount(call, params);
      const row = await selectAccounts(call.tx)
        .where('accounts.id', '=', id)
        .executeTakeFirstOrThrow();
      const [changed = {}] = await accountResponses(call.tx, [row], shown(call, undefined));
      return changed;
    },
  },

  listAccounts: {
    kind: 'sync',
    async run(call, params) {
      let query = selectAccounts(call.tx)
        .where(accountsInScope(await listScope(call, params)))
        .orderBy('accounts.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'accounts'));
      if (params.name !== undefined) query = query.where('accounts.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('accounts.name', params.keyword));
      if (params.accounttype !== undefined)
        query = query.where('accounts.role', '=', kindOfAccountType(params.accounttype) ?? 'User');
      // What is being deleted is not listed.
      if (params.iscleanuprequired === true) query = query.where(sql<SqlBool>`false`);
      if (params.state !== undefined)
        query = query.where(sql<SqlBool>`accounts.state = lower(${params.state})`);
      const { count, rows } = await longPageOf(call, { query, key: 'accounts.id' }, params);
      return { count, items: await accountResponses(call.tx, rows, shown(call, params.details)) };
    },
  },

  deleteAccount: {
    kind: 'job',
    async begin(call, params) {
      const account = await administeredAccount(call, params.id);
      await requireControl(call, account);
      if (account.id === call.caller.account.id)
        throw new IsolaError('refused_value', { reason: 'An account cannot delete itself' });
      const row = await selectAccounts(call.tx)
        .where('accounts.id', '=', account.id)
        .executeTakeFirst();
      if (row !== undefined && isDefaultAccount(row))
        throw new IsolaError('refused_value', {
          reason: `The account ${row.name} is a default account and cannot be removed`,
        });
      await requireNoProjects(call, account);
      await refuseLentNetworks(call.tx, { accounts: [account.id], domains: [] });
      const leaving = await removeAccount(call.tx, account.id);
      if (leaving === null) throw unknownId(call, { parameter: 'id', id: params.id });
      for (const id of leaving.instances) call.wake('instance', id);
      for (const id of leaving.networks) call.wake('network', id);
      const object = { type: 'Account', id: account.id };
      const gone = await removeNow(call.tx, [account.id]);
      if (gone.includes(account.id)) return { object, waits: null };
      return {
        object,
        waits: { kind: 'removal', id: account.id, generation: removalGeneration },
      };
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

/** A project must not lose its only administrator. */
async function requireNoProjects(call: Call, { id, name }: AccountRow): Promise<void> {
  const owned = await call.tx
    .selectFrom('project_members')
    .innerJoin('accounts', 'accounts.id', 'project_members.project_id')
    .select('accounts.name')
    .where('project_members.account_id', '=', id)
    .where('project_members.role', '=', 'Admin')
    .where('accounts.state', '<>', 'removed')
    .where(
      sql<SqlBool>`not exists (select 1 from project_members other where other.project_id = project_members.project_id
        and other.role = 'Admin' and other.account_id <> project_members.account_id)`,
    )
    .executeTakeFirst();
  if (owned !== undefined)
    throw new IsolaError('refused_value', {
      reason: `The account ${name} is the only administrator of project ${owned.name}; give the project another one or delete it first`,
    });
}

function shown(call: Call, details: readonly string[] | undefined) {
  return { caller: call.caller.domain, counts: details?.includes('min') !== true };
}
