import { type SqlBool, sql } from 'kysely';
import { identified } from '../../access/access.ts';
import type { Caller } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { SessionRow, UserRow } from '../../store/schema.ts';
import { callerRole } from '../role/repository.ts';

/** The user with an API key, and its sealed secret key. Null when there is none or it may not call. */
export async function callerByApiKey(
  db: Db,
  apiKey: string,
): Promise<{ caller: Caller; sealedSecret: string } | null> {
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('api_key', '=', apiKey)
    .executeTakeFirst();
  if (user === undefined || user.secret_key === null || !holds(user, new Date())) return null;
  const caller = await callerOf(db, user.id);
  return caller === null ? null : { caller, sealedSecret: user.secret_key };
}

function holds({ key_from, key_until }: UserRow, now: Date): boolean {
  return (key_from === null || key_from <= now) && (key_until === null || now < key_until);
}

/** The user with account and domain. Null when the user or account is not enabled. */
export async function callerOf(db: Db, userId: string): Promise<Caller | null> {
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', userId)
    .where('state', '=', 'enabled')
    .executeTakeFirst();
  if (user === undefined) return null;
  const account = await db
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', user.account_id)
    .where('state', '=', 'enabled')
    .executeTakeFirst();
  if (account === undefined) return null;
  const domain = await db
    .selectFrom('domains')
    .selectAll()
    .where('id', '=', account.domain_id)
    .executeTakeFirst();
  if (domain === undefined) return null;
  return { user, account, domain, role: await callerRole(db, account.role_id) };
}

interface LoginName {
  readonly username: string;
  /** `ROOT/a/b`, or an internal number or UUID of a domain. */
  readonly domain: { readonly path: string } | { readonly id: string };
}

/** The id and password hash of a user by name, in a domain. */
export async function userByName(
  db: Db,
  name: LoginName,
): Promise<{ id: string; password_hash: string } | null> {
  const found = await db
    .selectFrom('users')
    .innerJoin('domains', 'domains.id', 'users.domain_id')
    .select(['users.id', 'users.password_hash'])
    .where(sql<SqlBool>`lower(users.username) = lower(${name.username})`)
    .where(
      'path' in name.domain
        ? sql<SqlBool>`lower(domains.path) = lower(${name.domain.path})`
        : identified(name.domain.id, 'domains'),
    )
    .executeTakeFirst();
  return found ?? null;
}

export async function insertSession(
  db: Db,
  session: Pick<SessionRow, 'token_hash' | 'session_key_hash' | 'user_id'>,
): Promise<void> {
  await db.insertInto('sessions').values(session).execute();
}

export async function sessionByToken(db: Db, tokenHash: string): Promise<SessionRow | null> {
  const found = await db
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return found ?? null;
}

export async function touchSession(db: Db, tokenHash: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used: sql<Date>`now()` })
    .where('token_hash', '=', tokenHash)
    .execute();
}

export async function deleteSession(db: Db, tokenHash: string): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
}

/** Removes sessions that nobody used since. */
export async function deleteIdleSessions(db: Db, since: Date): Promise<void> {
  await db.deleteFrom('sessions').where('last_used', '<', since).execute();
}
