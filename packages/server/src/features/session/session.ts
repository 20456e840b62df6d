import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../http/call.ts';
import { httpLimits } from '../../http/limits.ts';
import type { Db } from '../../store/database.ts';
import {
  callerOf,
  deleteSession,
  insertSession,
  sessionByToken,
  touchSession,
} from './repository.ts';

/** What a client keeps of its session: the cookie's token, and the key that every call must carry as well. */
export interface SessionKeys {
  readonly token: string;
  readonly sessionKey: string;
}

/** Opens a session. Only hashes of its keys are stored. */
export async function openSession(db: Db, userId: string): Promise<SessionKeys> {
  const keys = { token: secret(), sessionKey: secret() };
  await insertSession(db, {
    token_hash: hash(keys.token),
    session_key_hash: hash(keys.sessionKey),
    user_id: userId,
  });
  return keys;
}

/** Whose session it is. Null when the keys do not belong together, the session is idle for too long, or the user may not call. */
export async function sessionCaller(
  db: Db,
  keys: SessionKeys,
  idleSeconds: number,
): Promise<Caller | null> {
  const tokenHash = hash(keys.token);
  const session = await sessionByToken(db, tokenHash);
  if (session === null) return null;
  const sent = Buffer.from(hash(keys.sessionKey));
  if (!timingSafeEqual(sent, Buffer.from(session.session_key_hash))) return null;
  const idle = Date.now() - session.last_used.getTime();
  if (idle > idleSeconds * 1000) {
    await deleteSession(db, tokenHash);
    return null;
  }
  if (idle > httpLimits.sessionTouch) await touchSession(db, tokenHash);
  return callerOf(db, session.user_id);
}

export async function closeSession(db: Db, token: string): Promise<void> {
  await deleteSession(db, hash(token));
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
