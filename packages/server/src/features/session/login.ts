import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { recordEvent } from '../../events/record.ts';
import type { Caller } from '../../http/call.ts';
import { hashPassword, verifyPassword } from '../../identity/password.ts';
import type { Db } from '../../store/database.ts';
import { kindNames } from '../role/defaults.ts';
import type { LoginAttempts } from './attempts.ts';
import { clearFailures, noteFailure } from './failures.ts';
import { callerOf, userByName } from './repository.ts';
import { openSession, type SessionKeys } from './session.ts';

interface LoginContext {
  readonly db: Db;
  readonly attempts: LoginAttempts;
  /** Where the call comes from. */
  readonly address: string;
  readonly idleSeconds: number;
  readonly serverId: string;
}

/** Opens a session for a user name and password. 531 for a wrong one, a disabled user, and too many failures alike. */
export async function login(
  context: LoginContext,
  params: ParamsOf<'login'>,
): Promise<{ keys: SessionKeys; result: ResultOf<'login'> }> {
  const domain =
    params.domainId === undefined
      ? { path: domainPath(params.domain ?? '/') }
      : { id: params.domainId };
  const place = 'path' in domain ? domain.path : `#${domain.id}`;
  const attempt = {
    user: `${place}/${params.username}`.toLowerCase(),
    address: context.address,
  };
  const begun = await context.attempts.begin(attempt);
  if (begun === null) throw new IsolaError('invalid_login');
  let caller: Caller | null = null;
  try {
    caller = await callerWith(context.db, { ...params, domain });
  } finally {
    begun.end(caller === null ? 'failed' : 'succeeded');
  }
  if (caller === null) throw new IsolaError('invalid_login');
  if (caller.user.failed_logins > 0) await clearFailures(context.db, caller.user.id);
  const keys = await openSession(context.db, caller.user.id);
  await recordEvent(context.db, {
    type: 'USER.LOGIN',
    level: 'INFO',
    state: 'Completed',
    description: `${caller.user.username} logged in from ${context.address}`,
    accountId: caller.account.id,
    domainId: caller.domain.id,
    userId: caller.user.id,
    resource: { type: 'User', id: caller.user.id },
  });
  return { keys, result: response(context, caller, keys) };
}

interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly domain: Parameters<typeof userByName>[1]['domain'];
}

/** Who has this name and password and may call, or `null`. */
async function callerWith(
  db: Db,
  { username, password, domain }: Credentials,
): Promise<Caller | null> {
  const user = await userByName(db, { username, domain });
  // A user who does not exist takes as long as a wrong password.
  const right = await verifyPassword(password, user?.password_hash ?? (await nobody()));
  if (user === null) return null;
  if (right) return callerOf(db, user.id);
  await noteFailure(db, user.id);
  return null;
}

function response(
  context: LoginContext,
  { user, account, domain }: Caller,
  keys: SessionKeys,
): ResultOf<'login'> {
  return {
    username: user.username,
    userid: user.id,
    domainid: domain.id,
    timeout: context.idleSeconds,
    account: account.name,
    firstname: user.first_name,
    lastname: user.last_name,
    type: String(kindNames(account.role).accountType),
    timezone: user.timezone ?? 'UTC',
    timezoneoffset: offsetHours(user.timezone ?? 'UTC', new Date()),
    registered: 'false',
    sessionkey: keys.sessionKey,
    is2faenabled: 'false',
    is2faverified: 'true',
    managementserverid: context.serverId,
  };
}

/** `/a/b`, `a/b` and `ROOT/a/b` as stored: `ROOT/a/b`. */
export function domainPath(text: string): string {
  const labels = text.split('/').filter(label => label !== '');
  if (labels[0]?.toUpperCase() === 'ROOT') labels.shift();
  return ['ROOT', ...labels].join('/');
}

/** Hours east of Greenwich now, as text: `-8.0`. Unknown zones count as UTC. */
function offsetHours(timezone: string, now: Date): string {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      timeZoneName: 'longOffset',
    });
    const name = format.formatToParts(now).find(part => part.type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
    const offset = Number(hours) + Number(minutes) / 60;
    return (sign === '-' ? -offset : offset).toFixed(1);
  } catch {
    return '0.0';
  }
}

let nobodysHash: Promise<string> | undefined;
function nobody(): Promise<string> {
  nobodysHash ??= hashPassword('');
  return nobodysHash;
}
