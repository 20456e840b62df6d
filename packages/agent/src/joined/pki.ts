import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identity } from '@isola/agent-protocol';
import { replaceFile } from '../process/replace-file.ts';

/** Files of a home, as libvirt can use them too. */
export interface PkiFiles {
  readonly authority: string;
  readonly certificate: string;
  readonly privateKey: string;
}

export function pkiFiles(home: string): PkiFiles {
  const folder = join(home, 'pki');
  return {
    authority: join(folder, 'ca.pem'),
    certificate: join(folder, 'host.pem'),
    privateKey: join(folder, 'host-key.pem'),
  };
}

/** The identity of a home; `null` when it has not joined. */
export async function readIdentity(home: string): Promise<Identity | null> {
  const files = pkiFiles(home);
  const [authority, certificate, privateKey] = await Promise.all(
    [files.authority, files.certificate, files.privateKey].map(path =>
      readFile(path, 'utf8').catch(() => null),
    ),
  );
  if (!authority || !certificate || !privateKey) return null;
  const key = createPrivateKey(privateKey);
  // Cut short between two files.
  if (!new X509Certificate(certificate).checkPrivateKey(key)) return null;
  return { authority, certificate, privateKey };
}

/** Keeps an identity, readable by root only. */
export async function storeIdentity(home: string, identity: Identity): Promise<void> {
  const files = pkiFiles(home);
  await mkdir(join(home, 'pki'), { recursive: true, mode: 0o700 });
  await replaceFile(files.privateKey, identity.privateKey, 0o600);
  await replaceFile(files.authority, identity.authority, 0o600);
  await replaceFile(files.certificate, identity.certificate, 0o600);
}

/** Puts a renewed certificate in the place of the one before it. Throws when it is not for this host's key. */
export async function storeCertificate(home: string, certificate: string): Promise<Identity> {
  const files = pkiFiles(home);
  const privateKey = await readFile(files.privateKey, 'utf8');
  const authority = await readFile(files.authority, 'utf8');
  const read = new X509Certificate(certificate);
  if (
    !read.checkPrivateKey(createPrivateKey(privateKey)) ||
    !read.verify(new X509Certificate(authority).publicKey)
  )
    throw new Error('the new certificate is not one for this host');
  await replaceFile(files.certificate, certificate, 0o600);
  return { authority, certificate, privateKey };
}
