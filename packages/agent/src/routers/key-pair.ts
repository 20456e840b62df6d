import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';

/** The key with which the host and its operators enter routers. */
export interface SshKeyPair {
  /** Path of the private key, mode 0600: what `ssh -i` takes. */
  readonly path: string;
  readonly privateKey: string;
  /** One line, as in `authorized_keys`. */
  readonly publicKey: string;
}

/** Reads the installation's key pair, making it the first time. */
export async function ensureKeyPair(home: string): Promise<SshKeyPair> {
  const folder = join(home, 'ssh');
  const path = join(folder, 'id_ed25519');
  const existing = await readKeyPair(path).catch(() => null);
  if (existing !== null) return existing;
  const made = newKeyPair();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The public half first: a private key in its place says that both are there.
  await writeFile(`${path}.pub`, `${made.public}\n`);
  await writeFile(`${path}.new`, `${made.private.trimEnd()}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return readKeyPair(path);
}

/** A new pair. The library writes one in some hundred so that it cannot read it itself: those are thrown away. */
export function newKeyPair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'isola' });
    if (isReadable(made.private)) return made;
  }
}

function isReadable(privateKey: string): boolean {
  return !(ssh2.utils.parseKey(privateKey) instanceof Error);
}

async function readKeyPair(path: string): Promise<SshKeyPair> {
  const privateKey = await readFile(path, 'utf8');
  const publicKey = (await readFile(`${path}.pub`, 'utf8')).trim();
  if (!isReadable(privateKey)) throw new Error(`${path} is no private key`);
  return { path, privateKey, publicKey };
}
