import { randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { IsolaError } from '@isola/model';
import { run } from '../../process/run.ts';
import { messageOf } from '../../process/teardown.ts';
import type { DiskImage } from './domain.ts';

/** Bytes that must be free where a disk is made: an overlay is small at first, and grows. */
const minimumFree = 64 * 1024 * 1024;

/** Makes an empty overlay over an image unless it is there already. Throws `resource_unavailable` when the folder is full. */
export async function ensureOverlay(file: string, backing: DiskImage): Promise<void> {
  if (await exists(file)) return;
  const folder = dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < minimumFree) throw new Error(`only ${bavail * bsize} bytes are free`);
    const { file: lower, format } = backing;
    const below = ['-b', lower, '-F', format];
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...below, `${file}.new`]);
    await rename(`${file}.new`, file);
  } catch (error) {
    await rm(`${file}.new`, { force: true });
    const reason = `No disk can be made in ${folder} on host ${hostname()}: ${messageOf(error)}`;
    throw new IsolaError('resource_unavailable', { reason }, error);
  }
}

/** Name of the file that tells a shared folder from others; its text is the folder's id. */
const marker = 'isola-storage-id';

/** Id of a folder that hosts share, the same on each; `null` when it cannot be used now. Marks a new one. */
export async function sharedStorageId(folder: string): Promise<string | null> {
  const path = join(folder, marker);
  const found = await readFile(path, 'utf8').catch(() => null);
  if (found !== null) return found.trim();
  try {
    // Of two hosts that are first at once, one fails here and reads the other's.
    await writeFile(path, `${randomUUID()}\n`, { flag: 'wx', flush: true });
  } catch {
    // Also where the folder is missing or cannot be written: the reading tells.
  }
  return readFile(path, 'utf8').then(
    text => text.trim(),
    () => null,
  );
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
