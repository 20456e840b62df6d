import { IsolaError } from '@isola/model';
import type { FastifyRequest } from 'fastify';
import { callerByApiKey } from '../features/session/repository.ts';
import { sessionCaller } from '../features/session/session.ts';
import type { SecretBox } from '../identity/secret.ts';
import type { Db } from '../store/database.ts';
import type { Caller } from './call.ts';
import type { CallerCache, KeyHolder } from './caller-cache.ts';
import { cookieOf } from './cookies.ts';
import { type Pairs, valueOf } from './pairs.ts';
import { isExpired, isSignedBy } from './signature.ts';

interface Authenticator {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly callers: CallerCache;
  readonly idleSeconds: number;
}

/** Who calls: by signature when there is an API key, else by session. 401 for anything that does not prove it. */
export async function authenticate(
  context: Authenticator,
  request: FastifyRequest,
  pairs: Pairs,
): Promise<Caller> {
  const apiKey = valueOf(pairs, 'apikey');
  const caller =
    apiKey === undefined
      ? await bySession(context, request, pairs)
      : await bySignature(context, apiKey, pairs);
  if (caller === null) throw new IsolaError('unauthenticated');
  return caller;
}

async function bySignature(
  context: Authenticator,
  apiKey: string,
  pairs: Pairs,
): Promise<Caller | null> {
  if (isExpired(pairs, new Date())) return null;
  const holder = context.callers.get(apiKey) ?? (await holderOf(context, apiKey));
  return holder !== null && isSignedBy(holder.secretKey, pairs) ? holder.caller : null;
}

async function holderOf(context: Authenticator, apiKey: string): Promise<KeyHolder | null> {
  // PostgreSQL refuses text with NUL.
  if (!/^[\w-]{1,256}$/.test(apiKey)) return null;
  const found = await callerByApiKey(context.db, apiKey);
  if (found === null) return null;
  const holder = { caller: found.caller, secretKey: context.secrets.decrypt(found.sealedSecret) };
  context.callers.put(apiKey, holder);
  return holder;
}

function bySession(
  context: Authenticator,
  request: FastifyRequest,
  pairs: Pairs,
): Promise<Caller | null> {
  const token = cookieOf(request.headers, 'JSESSIONID');
  const sessionKey = valueOf(pairs, 'sessionkey');
  if (token === undefined || sessionKey === undefined) return Promise.resolve(null);
  return sessionCaller(context.db, { token, sessionKey }, context.idleSeconds);
}
