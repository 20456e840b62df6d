import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { instancesFolder } from '../instances.ts';
import { installationId } from '../names.ts';
import { withFileLock } from '../process/file-lock.ts';

/**
 * Who uses a folder of images: a file per installation in its folder `users`. An installation whose home is gone
 * uses nothing.
 */
const userSchema = z.object({
  home: z.string(),
  /** Names of the images it chose last. */
  images: z.array(z.string()),
});
type ImageUser = z.infer<typeof userSchema>;

const usersOf = (folder: string): string => join(folder, 'users');
const markerOf = (folder: string, home: string): string =>
  join(usersOf(folder), `${installationId(home)}.json`);

/** Runs the task while no other installation changes the folder of images. */
export function withImagesLock<T>(folder: string, task: () => Promise<T>): Promise<T> {
  return withFileLock(join(folder, '.lock'), task);
}

/** Leaves the mark of an installation. Call it under `withImagesLock`. */
export async function markUser(folder: string, user: ImageUser): Promise<void> {
  const marker = markerOf(folder, user.home);
  await mkdir(usersOf(folder), { recursive: true });
  await writeFile(`${marker}.new`, `${JSON.stringify(user, null, 2)}\n`);
  await rename(`${marker}.new`, marker);
}

/**
 * Removes the images that no installation chose last and no container stands on. Call it under `withImagesLock`.
 */
export async function pruneImages(folder: string): Promise<void> {
  const used = new Set<string>();
  for (const user of await readUsers(folder)) {
    for (const name of user.images) used.add(name);
    for (const name of await imagesUnderContainers(folder, user.home)) used.add(name);
  }
  for (const name of await listImages(folder))
    if (!used.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}

/**
 * Takes the mark of an installation away; with the last mark the images go too, and the folder when nothing else
 * is in it.
 */
export async function releaseImages(home: string, folder: string): Promise<void> {
  if ((await readdir(folder).catch(() => null)) === null) return;
  await withImagesLock(folder, async () => {
    await rm(markerOf(folder, home), { force: true });
    if ((await readUsers(folder)).length > 0) return;
    for (const name of await listImages(folder))
      await rm(join(folder, name), { recursive: true, force: true });
    await rm(usersOf(folder), { recursive: true, force: true });
    await rm(join(folder, '.lock'));
    await rmdir(folder).catch(() => undefined);
  });
}

/** The installations that use the folder; marks of those that are gone are removed. */
async function readUsers(folder: string): Promise<readonly ImageUser[]> {
  const users: ImageUser[] = [];
  for (const name of await readdir(usersOf(folder)).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    const path = join(usersOf(folder), name);
    const user = userSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const gone = (await readdir(user.home).catch(() => null)) === null;
    if (gone) await rm(path, { force: true });
    else users.push(user);
  }
  return users;
}

/** Folders that are images, complete or not; the folder may be an operator's and hold other things. */
async function listImages(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter(name => /-[0-9a-f]{12}(?:\.building)?$/.test(name));
}

/** Names of the images whose root file systems are lower layers of the home's containers. */
async function imagesUnderContainers(folder: string, home: string): Promise<readonly string[]> {
  const containers = instancesFolder(home, 'LXC');
  const found: string[] = [];
  for (const name of await readdir(containers).catch(() => [])) {
    const config = await readFile(join(containers, name, 'config'), 'utf8').catch(() => '');
    const lower = /^lxc\.rootfs\.path = overlay:([^:\n]+):/m.exec(config)?.[1];
    if (lower !== undefined && dirname(dirname(lower)) === folder)
      found.push(basename(dirname(lower)));
  }
  return found;
}
