import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import {
  identified,
  inScope,
  listScope,
  requireOwner,
  unknownId,
  visibleDomain,
} from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { newApiKeys } from '../../identity/api-keys.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import type { AccountRow } from '../../store/schema.ts';
import { requireControl, requireRoot } from '../account/guard.ts';
import { namedAccount } from '../account/named.ts';
import { kindOfAccountType } from '../role/defaults.ts';
import { insertUser } from './create.ts';
import { findUser, selectUsers } from './repository.ts';
import { isDefaultUser, type UserOfAccount, userResponse } from './response.ts';
import { changeUser } from './update.ts';

export const userCommands = {
  createUser: {
    kind: 'sync',
    async run(call, params) {
      const account = await accountNamed(call, params);
      await requireControl(call, account);
      if (params.userid !== undefined) requireRoot(call, 'a chosen userid');
      const id = await insertUser(call.tx, account, params);
      const user = await selectUsers(call.tx).where('users.id', '=', id).executeTakeFirstOrThrow();
      return userResponse(user, call.caller.domain);
    },
  },

  listUsers: {
    kind: 'sync',
    async run(call, params) {
      let query = selectUsers(call.tx)
        .where(inScope(await listScope(call, params), 'users'))
        .orderBy('users.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'users'));
      if (params.username !== undefined)
        query = query.where('users.username', '=', params.username);
      if (params.keyword !== undefined)
        query = query.where(containing('users.username', params.keyword));
      if (params.usersource !== undefined && params.usersource.toLowerCase() !== 'native')
        query = query.where(sql<SqlBool>`false`);
      if (params.state !== undefined)
        query = query.where(sql<SqlBool>`users.state = lower(${params.state})`);
      if (params.accounttype !== undefined)
        query = query.where('accounts.role', '=', kindOfAccountType(params.accounttype) ?? 'User');
      const { count, rows } = await longPageOf(call, { query, key: 'users.id' }, params);
      return { count, items: rows.map(user => userResponse(user, call.caller.domain)) };
    },
  },

  updateUser: {
    kind: 'sync',
    async run(call, params) {
      const user = await userOf(call, params.id);
      await requireSelfOrAbove(call, user, 'change');
      await changeUser(call, user, params);
      return shownUser(call, user.id);
    },
  },

  enableUser: {
    kind: 'sync',
    run: async (call, params) => shownUser(call, await setState(call, params.id, 'enabled')),
  },

  lockUser: {
    kind: 'sync',
    run: async (call, params) => shownUser(call, await setState(call, params.id, 'locked')),
  },

  disableUser: {
    kind: 'job',
    async begin(call, params) {
      const id = await setState(call, params.id, 'disabled');
      return { object: { type: 'User', id }, waits: null };
    },
    async result(db, job) {
      const user = await selectUsers(db)
        .where('users.id', '=', job.object_id)
        .executeTakeFirstOrThrow();
      const domain = await db
        .selectFrom('domains')
        .selectAll()
        .where('id', '=', job.domain_id)
        .executeTakeFirstOrThrow();
      return userResponse(user, domain);
    },
  },

  moveUser: {
    kind: 'sync',
    async run(call, params) {
      const user = await userOf(call, params.id);
      await requireControl(call, accountOf(user));
      const { id } = await namedAccount(call, accountNamedBy(user, params));
      const account = await call.tx
        .selectFrom('accounts')
        .select('domain_id')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      if (account.domain_id !== user.domain_id)
        throw refused('A user moves to accounts of its own domain only');
      if (isDefaultUser(user) || user.id === call.caller.user.id)
        throw refused(`The user ${user.username} is a default user or makes this call, and stays`);
      await call.tx
        .updateTable('users')
        .set({ account_id: id })
        .where('id', '=', user.id)
        .execute();
      return { success: true };
    },
  },

  getUser: {
    kind: 'sync',
    async run(call, params) {
      const user = await selectUsers(call.tx)
        .where('users.api_key', '=', params.userapikey)
        .executeTakeFirst();
      if (user === undefined) throw refused('There is no user with this userapikey');
      return userResponse(user, call.caller.domain);
    },
  },

  deleteUser: {
    kind: 'sync',
    async run(call, params) {
      const user = await userOf(call, params.id);
      await requireControl(call, accountOf(user));
      if (isDefaultUser(user) || user.id === call.caller.user.id)
        throw new IsolaError('refused_value', {
          reason: `The user ${user.username} cannot be removed: it is a default user or makes this call`,
        });
      await call.tx.deleteFrom('users').where('id', '=', user.id).execute();
      return { success: true };
    },
  },

  registerUserKeys: {
    kind: 'job',
    async begin(call, params) {
      const user = await userOf(call, params.id);
      await requireSelfOrAbove(call, user, 'see the keys of');
      const { startdate: from = null, enddate: until = null } = params;
      if (until !== null && until <= (from ?? new Date()))
        throw refused('enddate must be in the future, and after startdate');
      const keys = newApiKeys();
      await call.tx
        .updateTable('users')
        .set({
          api_key: keys.apiKey,
          secret_key: call.secrets.encrypt(keys.secretKey),
          key_from: from,
          key_until: until,
        })
        .where('id', '=', user.id)
        .execute();
      return { object: { type: 'User', id: user.id }, waits: null };
    },
    /** The secret key stays encrypted in the job's row: `readableResult` opens it. */
    async result(db, job) {
      const user = await db
        .selectFrom('users')
        .select(['api_key', 'secret_key'])
        .where('id', '=', job.object_id)
        .executeTakeFirstOrThrow();
      return { apikey: user.api_key ?? undefined, secretkey: user.secret_key ?? undefined };
    },
  },

  getUserKeys: {
    kind: 'sync',
    async run(call, params) {
      const user = await userOf(call, params.id);
      await requireSelfOrAbove(call, user, 'see the keys of');
      if (user.api_key === null || user.secret_key === null) return {};
      return { apikey: user.api_key, secretkey: call.secrets.decrypt(user.secret_key) };
    },
  },
} satisfies Partial<Handlers>;

/** Keys and passwords are for their user and for administrators above. */
async function requireSelfOrAbove(call: Call, user: UserOfAccount, what: string): Promise<void> {
  if (user.id === call.caller.user.id) return;
  await requireControl(call, accountOf(user));
  if (call.caller.account.role !== 'User') return;
  throw new IsolaError('not_permitted', {
    reason: `User ${call.caller.user.username} does not have permission to ${what} user ${user.username}`,
  });
}

async function shownUser(call: Call, id: string) {
  const user = await selectUsers(call.tx).where('users.id', '=', id).executeTakeFirstOrThrow();
  return userResponse(user, call.caller.domain);
}

/** Gives the user's id. Sessions of one that may not call end. */
async function setState(call: Call, id: string, state: UserOfAccount['state']): Promise<string> {
  const user = await userOf(call, id);
  await requireControl(call, accountOf(user));
  if (state !== 'enabled') {
    if (isDefaultUser(user) || user.id === call.caller.user.id)
      throw refused(
        `The user ${user.username} is a default user or makes this call, and stays enabled`,
      );
    await call.tx.deleteFrom('sessions').where('user_id', '=', user.id).execute();
  }
  await call.tx
    .updateTable('users')
    .set({ state, ...(state === 'enabled' ? { failed_logins: 0 } : {}) })
    .where('id', '=', user.id)
    .execute();
  return user.id;
}

function accountNamedBy(
  user: UserOfAccount,
  { account, accountid }: { readonly account?: string; readonly accountid?: string },
) {
  if (accountid !== undefined) return { id: accountid };
  if (account !== undefined) return { account, domainid: user.domain_id };
  throw refused('Either account or accountid must be given');
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}

async function userOf(call: Call, id: string): Promise<UserOfAccount> {
  const user = await findUser(call.tx, id);
  if (user === undefined) throw unknownId(call, { parameter: 'id', id });
  return user;
}

function accountOf(user: UserOfAccount) {
  return {
    id: user.account_id,
    domain_id: user.domain_id,
    name: user.account_name,
    role: user.role,
    role_id: user.role_id,
  };
}

interface Named {
  readonly account: string;
  readonly domainid?: string;
}

/** The account of that name in the domain (the caller's when not given), kept until the transaction ends. */
async function accountNamed(call: Call, named: Named): Promise<AccountRow> {
  const domain =
    named.domainid === undefined
      ? call.caller.domain
      : await visibleDomain(call, { parameter: 'domainid', id: named.domainid });
  const account = await call.tx
    .selectFrom('accounts')
    .selectAll()
    .where('domain_id', '=', domain.id)
    .where('name', '=', named.account)
    .where('is_project', '=', false)
    .where('state', '<>', 'removed')
    .forKeyShare()
    .executeTakeFirst();
  if (account === undefined)
    throw new IsolaError('refused_value', {
      reason: `Unable to find account ${named.account} in domain ${domain.name}`,
    });
  await requireOwner(
    call,
    { account_id: account.id, domain_id: domain.id },
    `account ${account.name}`,
  );
  return account;
}
