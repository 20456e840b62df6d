import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { encodeJoinToken, fingerprintOf } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store/database.ts';
import type { JoinTokenTable } from '../store/schema.ts';

const validMs = 24 * 3_600_000;
const secretBytes = 32;

/** Where a host that joins belongs. */
export interface HostPlace {
  readonly zoneId: string;
  readonly podId: string;
  readonly clusterId: string;
  readonly tags: readonly string[];
  /** Whether anything is put there at once; if not, the host is disabled. */
  readonly enabled?: boolean;
}

export interface NewJoinToken {
  /** To be given to the machine that is to join; a secret. */
  readonly token: string;
  readonly id: string;
  readonly expires: Date;
}

/** Makes a token with which one host can join, within a day. */
export async function createJoinToken(tx: Db, place: HostPlace): Promise<NewJoinToken> {
  const { certificate } = await tx
    .selectFrom('authority')
    .select('certificate')
    .executeTakeFirstOrThrow();
  const secret = randomBytes(secretBytes).toString('hex');
  const expires = new Date(Date.now() + validMs);
  const { id } = await tx
    .insertInto('join_tokens')
    .values({
      zone_id: place.zoneId,
      pod_id: place.podId,
      cluster_id: place.clusterId,
      tags: [...place.tags],
      resource_state: place.enabled === false ? 'Disabled' : 'Enabled',
      secret_hash: hashOf(secret),
      expires,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const token = encodeJoinToken({ id, secret, authority: fingerprintOf(certificate) });
  return { token, id, expires };
}

/** Locks a token until the end of the transaction. Throws `refused_value` unless a host may join with it now. */
export async function lockJoinToken(
  tx: Tx,
  { id, secret }: { readonly id: string; readonly secret: string },
): Promise<Selectable<JoinTokenTable>> {
  const row = await tx
    .selectFrom('join_tokens')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  // Whoever does not know the secret learns nothing of the token.
  if (row === undefined || !sameText(row.secret_hash, hashOf(secret)))
    throw refused('The server does not know this join token');
  if (row.used !== null) throw refused('This join token was used already; make another');
  if (row.expires.getTime() < Date.now())
    throw refused(`This join token expired at ${row.expires.toISOString()}; make another`);
  return row;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
