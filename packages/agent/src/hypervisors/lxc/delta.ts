import { chmod, chown, lstat, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { idBase } from './id-map.ts';

/** A file to lay into a container's writable layer before it starts. */
export interface DeltaFile {
  /** Without a leading slash. */
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/** Folders whose mode is not 0755. */
const folderModes: Readonly<Record<string, number>> = { root: 0o700, 'root/.ssh': 0o700 };

/**
 * Writes the files as the container's root. The layer may hold what a tenant left there, so nothing is followed:
 * a link or device where a folder should be is removed. Only for containers that do not run.
 */
export async function writeDelta(delta: string, files: readonly DeltaFile[]): Promise<void> {
  for (const file of files) {
    const parts = file.path.split('/');
    if (parts.some(part => part === '' || part === '.' || part === '..'))
      throw new Error(`not a plain path: ${file.path}`);
    for (let depth = 1; depth < parts.length; depth++)
      await ensureFolder(delta, parts.slice(0, depth).join('/'));
    const target = join(delta, file.path);
    await rm(target, { recursive: true, force: true });
    await writeFile(target, file.content, { flag: 'wx', mode: 0o600 });
    await own(target, file.mode);
  }
}

async function ensureFolder(delta: string, path: string): Promise<void> {
  const folder = join(delta, path);
  const found = await lstat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  if (found !== null) await rm(folder, { force: true });
  await mkdir(folder);
  await own(folder, folderModes[path] ?? 0o755);
}

async function own(path: string, mode: number): Promise<void> {
  await chown(path, idBase, idBase);
  await chmod(path, mode);
}
