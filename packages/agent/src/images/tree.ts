import { createHash } from 'node:crypto';
import { chmod, lchown, lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { idBase } from '../hypervisors/lxc/id-map.ts';

/** Gives every file of the tree to the containers' ids. Repeated, it changes nothing. */
export async function shiftOwners(path: string): Promise<void> {
  const info = await lstat(path);
  if (info.uid < idBase) {
    await lchown(path, info.uid + idBase, info.gid + idBase);
    // A change of owner clears set-user-id bits.
    if (!info.isSymbolicLink()) await chmod(path, info.mode & 0o7777);
  }
  if (info.isDirectory())
    for (const name of await readdir(path)) await shiftOwners(join(path, name));
}

/** SHA-256 of the tree's names, modes and contents, and the bytes of its files. */
export async function measureTree(
  root: string,
): Promise<{ readonly checksum: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const visit = async (path: string, relative: string): Promise<void> => {
    const info = await lstat(path);
    hash.update(`${relative}\0${info.mode.toString(8)}\0`);
    if (info.isSymbolicLink()) hash.update(await readlink(path));
    else if (info.isFile()) {
      sizeBytes += info.size;
      hash.update(await readFile(path));
    } else if (info.isDirectory())
      for (const name of (await readdir(path)).toSorted())
        await visit(join(path, name), `${relative}/${name}`);
  };
  await visit(root, '');
  return { checksum: hash.digest('hex'), sizeBytes };
}
