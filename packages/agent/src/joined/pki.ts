import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identity } from '@isola/agent-protocol';

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
  await writeDurably(files.privateKey, identity.privateKey);
  await writeDurably(files.authority, identity.authority);
  await writeDurably(files.certificate, identity.certificate);
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
  await writeDurably(files.certificate, certificate);
  return { authority, certificate, privateKey };
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
