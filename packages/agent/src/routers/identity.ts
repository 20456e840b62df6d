import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedKeyFile } from './host-key.ts';
import { newKeyPair } from './key-pair.ts';

/** Who a router is, and who may enter it, made by its host and kept in the router's folder. */
export interface RouterIdentity {
  /** Private key by which the router proves who it is. */
  readonly hostKey: string;
  /** Line of `authorized_keys`: the host's key for this router and no other. */
  readonly clientKey: string;
}

const clientKeyFile = 'id_ed25519';
const hostKeyFile = 'ssh_host_ed25519_key';

/** Reads the keys of a router, making them the first time, and pins its host key before anybody has seen it. */
export async function ensureIdentity(folder: string): Promise<RouterIdentity> {
  await mkdir(folder, { recursive: true });
  const client = await ensureKeys(join(folder, clientKeyFile));
  const host = await ensureKeys(join(folder, hostKeyFile));
  const [, blob = ''] = host.public.split(' ');
  const fingerprint = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('hex');
  await writeWhole(join(folder, pinnedKeyFile), `${fingerprint}\n`);
  return { hostKey: host.private, clientKey: client.public };
}

/** The private key with which the host enters a router; `null` for one that has none of its own. */
export function clientKeyOf(folder: string): Promise<string | null> {
  return readFile(join(folder, clientKeyFile), 'utf8').catch(() => null);
}

async function ensureKeys(
  path: string,
): Promise<{ readonly private: string; readonly public: string }> {
  const [privateKey, publicKey] = await Promise.all(
    [path, `${path}.pub`].map(file => readFile(file, 'utf8').catch(() => '')),
  );
  if (privateKey && publicKey) return { private: privateKey, public: publicKey.trim() };
  const made = newKeyPair();
  const text = `${made.private.trimEnd()}\n`;
  // The public half first: a private key in its place says that both are there.
  await writeWhole(`${path}.pub`, `${made.public}\n`);
  await writeWhole(path, text);
  return { private: text, public: made.public };
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
