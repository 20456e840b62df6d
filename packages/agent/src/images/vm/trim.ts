import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What building leaves behind, other in each build or of no use in a machine. */
const leftovers = [
  'boot/initrd.img',
  'etc/.pwd.lock',
  'etc/group-',
  'etc/gshadow-',
  'etc/passwd-',
  'etc/shadow-',
  'etc/subgid-',
  'etc/subuid-',
  'var/lib/apt',
  'var/lib/dpkg/diversions-old',
  'var/lib/dpkg/lock',
  'var/lib/dpkg/lock-frontend',
  'var/lib/dpkg/status-old',
  'var/lib/dpkg/statoverride-old',
  'var/lib/dpkg/triggers/Lock',
];
/** Folders that stay, empty. */
const emptied = ['var/cache', 'var/log', 'tmp', 'run'];

/** Removes what building left in a tree, and the folders that left-out modules leave empty. */
export async function trimTree(root: string): Promise<void> {
  for (const path of leftovers) await rm(join(root, path), { recursive: true, force: true });
  for (const folder of emptied)
    for (const name of await readdir(join(root, folder)).catch(() => []))
      await rm(join(root, folder, name), { recursive: true, force: true });
  await removeEmpty(join(root, 'usr/lib/modules'));
}

async function removeEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await removeEmpty(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}
