import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readInput } from './inputs.ts';

/** One line of a payload's `manifest`: what is laid over an image's Debian packages. */
export type PayloadEntry =
  | {
      readonly kind: 'file';
      readonly mode: number;
      readonly path: string;
      readonly content: Buffer;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'dir'; readonly mode: number; readonly path: string };

/**
 * Reads the folder's `manifest`: lines `file MODE PATH` (content from `root/PATH`), `link PATH TARGET`,
 * `dir MODE PATH`; `#` starts a comment. Throws on any other line.
 */
export async function readPayload(folder: string): Promise<readonly PayloadEntry[]> {
  const lines = (await readInput(join(folder, 'manifest'))).toString().split('\n');
  const entries: PayloadEntry[] = [];
  for (const line of lines) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [kind, first = '', second = '', ...rest] = line.split(/\s+/);
    const path = kind === 'link' ? first : second;
    if (rest.length > 0 || !path.startsWith('/') || path.split('/').includes('..'))
      throw new Error(`bad line in ${folder}/manifest: ${line}`);
    if (kind === 'link') entries.push({ kind, path, target: second });
    else if (kind === 'dir') entries.push({ kind, path, mode: parseMode(first) });
    else if (kind === 'file')
      entries.push({
        kind,
        path,
        mode: parseMode(first),
        content: await readInput(join(folder, 'root', path)),
      });
    else throw new Error(`bad line in ${folder}/manifest: ${line}`);
  }
  return entries;
}

/** Lays the entries into a root file system, replacing what is there. Files are new, never written in place. */
export async function layPayload(root: string, entries: readonly PayloadEntry[]): Promise<void> {
  for (const entry of entries) {
    const path = join(root, entry.path);
    await mkdir(dirname(path), { recursive: true });
    switch (entry.kind) {
      case 'dir':
        await mkdir(path, { recursive: true });
        await chmod(path, entry.mode);
        break;
      case 'file':
        await rm(path, { force: true });
        await writeFile(path, entry.content, { flag: 'wx' });
        await chmod(path, entry.mode);
        break;
      case 'link':
        await rm(path, { recursive: true, force: true });
        await symlink(entry.target, path);
        break;
    }
  }
}

/** Paths of all files that `readPackages` and `readPayload` read of a folder. */
export async function payloadFiles(folder: string): Promise<readonly string[]> {
  const files = (await readPayload(folder)).filter(entry => entry.kind === 'file');
  return [
    join(folder, 'packages.txt'),
    join(folder, 'manifest'),
    ...files.map(({ path }) => join(folder, 'root', path)),
  ];
}

/** Lines of a `packages.txt` that are not comments. */
export async function readPackages(folder: string): Promise<readonly string[]> {
  const lines = (await readInput(join(folder, 'packages.txt'))).toString().split('\n');
  return lines.map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'));
}

function parseMode(text: string): number {
  if (!/^[0-7]{4}$/.test(text)) throw new Error(`bad mode: ${text}`);
  return Number.parseInt(text, 8);
}
