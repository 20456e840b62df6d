import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const file = (home: string): string => join(home, 'installed-packages');

/** Notes packages that Isola installed on this machine, so that a purge can let go of them. */
export async function noteInstalled(home: string, names: readonly string[]): Promise<void> {
  await appendFile(file(home), names.map(name => `${name}\n`).join(''));
}

export async function readInstalled(home: string): Promise<readonly string[]> {
  const text = await readFile(file(home), 'utf8').catch(() => '');
  return [...new Set(text.split('\n').filter(name => name !== ''))];
}
