import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningServer } from '@isola/server';

/**
 * The administrator's password: the configured one, else the one of `admin.json`, else a new one. The file is the only place
 * that knows it, so a lost file means a new password.
 */
export async function adminPassword(home: string, configured: string | null): Promise<string> {
  if (configured !== null) return configured;
  return (await passwordIn(fileOf(home))) ?? randomBytes(18).toString('base64url');
}

/** Writes `admin.json`, readable by its owner only: where the API is and how to be the administrator. */
export async function writeAdminFile(
  home: string,
  password: string,
  { url, admin }: Pick<RunningServer, 'url' | 'admin'>,
): Promise<void> {
  const { username, apiKey, secretKey } = admin;
  const content = { url, username, password, apikey: apiKey, secretkey: secretKey };
  const path = fileOf(home);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

const fileOf = (home: string): string => join(home, 'admin.json');

async function passwordIn(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => 'null');
  const content: unknown = JSON.parse(text);
  if (typeof content !== 'object' || content === null || !('password' in content)) return null;
  return typeof content.password === 'string' ? content.password : null;
}
