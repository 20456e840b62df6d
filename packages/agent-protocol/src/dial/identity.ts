import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';

/** Who a host is to the server and to other hosts; all in PEM. */
export interface Identity {
  /** The authority's certificate. */
  readonly authority: string;
  readonly certificate: string;
  readonly privateKey: string;
}

export interface NewKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A key of the kind that the authority signs (P-256). */
export function makeKey(): NewKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** SHA-256 of a certificate, in hex. */
export function fingerprintOf(certificate: string | Buffer | X509Certificate): string {
  const read =
    certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
  return read.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** When half of a certificate's time is over. */
export function halfLife(certificate: string): Date {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return new Date((Date.parse(validFrom) + Date.parse(validTo)) / 2);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
