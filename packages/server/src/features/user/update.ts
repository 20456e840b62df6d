import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import { hashPassword, verifyPassword } from '../../identity/password.ts';
import { checkedName, checkedTimezone } from './create.ts';
import type { UserOfAccount } from './response.ts';

type Params = ParamsOf<'updateUser'>;

/** Changes a user. 431 for a name or key that is taken, or when users change their own password without the present one. */
export async function changeUser(call: Call, user: UserOfAccount, params: Params): Promise<void> {
  const name =
    params.username === undefined ? user.username : checkedName('username', params.username);
  await requireFreeName(call, user, name);
  const password =
    params.password === undefined ? undefined : await newPassword(call, user, params);
  await call.tx
    .updateTable('users')
    .set({
      username: name,
      first_name: params.firstname ?? user.first_name,
      last_name: params.lastname ?? user.last_name,
      email: params.email ?? user.email,
      ...(params.timezone === undefined ? {} : { timezone: checkedTimezone(params.timezone) }),
      ...(password === undefined ? {} : { password_hash: password }),
      ...(await newKeys(call, user, params)),
    })
    .where('id', '=', user.id)
    .execute();
  if (password !== undefined)
    await call.tx.deleteFrom('sessions').where('user_id', '=', user.id).execute();
}

async function requireFreeName(call: Call, user: UserOfAccount, name: string): Promise<void> {
  const taken = await call.tx
    .selectFrom('users')
    .select('id')
    .where('domain_id', '=', user.domain_id)
    .where(sql<SqlBool>`lower(username) = lower(${name})`)
    .where('id', '<>', user.id)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`The user ${name} already exists in the domain`);
}

/** Who took over a session must not be able to keep the account. */
async function newPassword(
  call: Call,
  user: UserOfAccount,
  { password = '', currentpassword }: Params,
): Promise<string> {
  if (password === '') throw refused('password must not be empty');
  const own = user.id === call.caller.user.id;
  if (own && call.caller.account.role === 'User') {
    const known =
      currentpassword !== undefined && (await verifyPassword(currentpassword, user.password_hash));
    if (!known) throw refused('currentpassword is not the present password of the user');
  }
  return hashPassword(password);
}

const keyPattern = /^[\w-]{16,256}$/;

async function newKeys(call: Call, user: UserOfAccount, { userapikey, usersecretkey }: Params) {
  if (userapikey === undefined && usersecretkey === undefined) return {};
  if (userapikey === undefined || usersecretkey === undefined)
    throw refused('userapikey and usersecretkey must be given together');
  for (const [name, key] of Object.entries({ userapikey, usersecretkey }))
    if (!keyPattern.test(key))
      throw refused(`${name} must have 16 to 256 letters, digits, hyphens and underscores`);
  const taken = await call.tx
    .selectFrom('users')
    .select('id')
    .where('api_key', '=', userapikey)
    .where('id', '<>', user.id)
    .executeTakeFirst();
  if (taken !== undefined) throw refused('The userapikey belongs to another user');
  return {
    api_key: userapikey,
    secret_key: call.secrets.encrypt(usersecretkey),
    key_from: null,
    key_until: null,
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
