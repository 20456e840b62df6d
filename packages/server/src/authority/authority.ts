import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { fingerprintOf } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { SecretBox } from '../identity/secret.ts';
import type { Db } from '../store/database.ts';
import { type Issuer, makeCertificate } from './certificate.ts';

const dayMs = 86_400_000;
/** The other side's clock may be behind. */
const backdatedMs = dayMs;

export const validDays = { authority: 3650, server: 90, host: 30 } as const;

/** A certificate and how it is known. */
export interface Issued {
  readonly certificate: string;
  readonly fingerprint: string;
  readonly serial: string;
  readonly expires: Date;
}

/** Whom a certificate is for. */
export interface Subject {
  readonly name: string;
  /** Names and addresses. */
  readonly reachedBy: readonly string[];
  /** From now. */
  readonly days: number;
}

/** The installation's own certificate authority. */
export interface Authority {
  /** In PEM. */
  readonly certificate: string;
  /** SHA-256 of it, in hex. */
  readonly fingerprint: string;
  /** A certificate for a key of somebody else's (P-256). */
  issue(subject: Subject, publicKey: KeyObject): Issued;
}

const authorityName = 'Isola authority';

/** Opens the authority of the database, which is made at the first start. Its key is sealed there. */
export async function openAuthority(db: Db, secrets: SecretBox): Promise<Authority> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = makeCertificate(
    { name: authorityName, reachedBy: [], authority: true, ...validity(validDays.authority) },
    publicKey,
    { name: authorityName, privateKey, publicKey },
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  // Of servers that start at once, one makes it.
  await db
    .insertInto('authority')
    .values({ certificate, sealed_key: secrets.encrypt(key) })
    .onConflict(conflict => conflict.doNothing())
    .execute();
  const row = await db.selectFrom('authority').selectAll().executeTakeFirstOrThrow();
  return authorityOf(row.certificate, createPrivateKey(secrets.decrypt(row.sealed_key)));
}

function authorityOf(certificate: string, privateKey: KeyObject): Authority {
  const issuer: Issuer = {
    name: authorityName,
    privateKey,
    publicKey: createPublicKey(privateKey),
  };
  return {
    certificate,
    fingerprint: fingerprintOf(certificate),
    issue: ({ name, reachedBy, days }, publicKey) => {
      const content = { name, reachedBy, authority: false, ...validity(days) };
      const issued = makeCertificate(content, publicKey, issuer);
      return {
        certificate: issued,
        fingerprint: fingerprintOf(issued),
        serial: new X509Certificate(issued).serialNumber.toLowerCase(),
        expires: content.to,
      };
    },
  };
}

/** Reads a public key that somebody sent. Throws `refused_value` unless it is one of the kind that is used here. */
export function readPublicKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Not a key at all: as one of another kind.
  }
  throw new IsolaError('refused_value', { reason: 'The key must be an EC key on curve P-256' });
}

function validity(days: number): { from: Date; to: Date } {
  const now = Date.now();
  return { from: new Date(now - backdatedMs), to: new Date(now + days * dayMs) };
}
