import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalString, canonicalStrings, parseDate } from '@isola/api';
import { type Pairs, valueOf } from './pairs.ts';

/** The hash is told by the signature's length in bytes. */
const hashes: Readonly<Record<number, string>> = { 20: 'sha1', 32: 'sha256', 64: 'sha512' };

/** Whether the parameters carry a signature that the secret key made. Compares in constant time. */
export function isSignedBy(secretKey: string, pairs: Pairs): boolean {
  // A `+` that a client forgot to encode arrives as a space.
  const text = (valueOf(pairs, 'signature') ?? '').replaceAll(' ', '+');
  const given = Buffer.from(text, 'base64');
  const hash = hashes[given.length];
  if (hash === undefined) return false;
  const matches = (canonical: string): boolean =>
    timingSafeEqual(createHmac(hash, secretKey).update(canonical).digest(), given);
  return matches(canonicalString(pairs)) || canonicalStrings(pairs).some(matches);
}

/** Whether the request says that it is valid no longer. Version 3 must say until when; any expiry that is sent counts. */
export function isExpired(pairs: Pairs, now: Date): boolean {
  const expires = valueOf(pairs, 'expires');
  if (expires === undefined) return valueOf(pairs, 'signatureversion') === '3';
  const until = parseDate(expires);
  return until === undefined || until.getTime() < now.getTime();
}
