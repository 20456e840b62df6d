import { randomBytes } from 'node:crypto';
import { defaultRoles } from '../../features/role/defaults.ts';
import { newApiKeys } from '../../identity/api-keys.ts';
import { hashPassword, verifyPassword } from '../../identity/password.ts';
import type { SecretBox } from '../../identity/secret.ts';
import type { Tx } from '../database.ts';
import type { UserRow } from '../schema.ts';

export interface SeededAdmin {
  readonly accountId: string;
  readonly userId: string;
  readonly username: string;
  /** `null` when an earlier start made it at random. */
  readonly password: string | null;
  readonly apiKey: string;
  readonly secretKey: string;
}

interface Wanted {
  readonly password: string | null;
  readonly secrets: SecretBox;
}

const adminName = 'admin';

/** The ROOT domain with the root administrator's account and user, who has API keys. */
export async function seedIdentity(tx: Tx, { password, secrets }: Wanted): Promise<SeededAdmin> {
  const domainId = await rootDomain(tx);
  const accountId = await adminAccount(tx, domainId);
  const { user, made } = await adminUser(tx, { domainId, accountId, password });
  const keys = await keysOf(tx, user, secrets);
  return { accountId, userId: user.id, username: user.username, password: made, ...keys };
}

async function rootDomain(tx: Tx): Promise<string> {
  const found = await tx
    .selectFrom('domains')
    .select('id')
    .where('parent_id', 'is', null)
    .executeTakeFirst();
  if (found !== undefined) return found.id;
  const made = await tx
    .insertInto('domains')
    .values({ parent_id: null, name: 'ROOT', path: 'ROOT', network_domain: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  return made.id;
}

async function adminAccount(tx: Tx, domainId: string): Promise<string> {
  const found = await tx
    .selectFrom('accounts')
    .select('id')
    .where('domain_id', '=', domainId)
    .where('name', '=', adminName)
    .executeTakeFirst();
  if (found !== undefined) return found.id;
  const made = await tx
    .insertInto('accounts')
    .values({
      domain_id: domainId,
      name: adminName,
      role: 'Root Admin',
      role_id: defaultRoles['Root Admin'],
      network_domain: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return made.id;
}

interface AdminUser {
  readonly domainId: string;
  readonly accountId: string;
  readonly password: string | null;
}

/** A password of the configuration wins over the one in the database. */
async function adminUser(
  tx: Tx,
  { domainId, accountId, password }: AdminUser,
): Promise<{ user: UserRow; made: string | null }> {
  const found = await tx
    .selectFrom('users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('username', '=', adminName)
    .executeTakeFirst();
  if (found !== undefined) {
    if (password !== null && !(await verifyPassword(password, found.password_hash))) {
      const hash = await hashPassword(password);
      await tx
        .updateTable('users')
        .set({ password_hash: hash })
        .where('id', '=', found.id)
        .execute();
    }
    return { user: found, made: password };
  }
  const chosen = password ?? randomBytes(18).toString('base64url');
  const user = await tx
    .insertInto('users')
    .values({
      account_id: accountId,
      domain_id: domainId,
      username: adminName,
      password_hash: await hashPassword(chosen),
      first_name: 'Admin',
      last_name: 'User',
      email: 'admin@localhost',
      timezone: null,
      api_key: null,
      secret_key: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { user, made: chosen };
}

async function keysOf(
  tx: Tx,
  user: UserRow,
  secrets: SecretBox,
): Promise<{ apiKey: string; secretKey: string }> {
  if (user.api_key !== null && user.secret_key !== null)
    return { apiKey: user.api_key, secretKey: secrets.decrypt(user.secret_key) };
  const keys = newApiKeys();
  await tx
    .updateTable('users')
    .set({ api_key: keys.apiKey, secret_key: secrets.encrypt(keys.secretKey) })
    .where('id', '=', user.id)
    .execute();
  return keys;
}
