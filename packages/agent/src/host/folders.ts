import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { instancesFolder } from '../instances.ts';
import type { AgentOptions } from './options.ts';

/**
 * Makes the folders of instances and images such that other users may pass through them: LXC mounts a container's
 * root with the ids of its users, and QEMU has a user of its own. Throws when a folder above them, which is not ours, is closed.
 */
export async function ensureFolders({
  home,
  imagesFolder,
  hypervisor,
}: AgentOptions): Promise<void> {
  // LXC separates the layers of a root file system with colons and cannot quote them.
  for (const path of [home, imagesFolder])
    if (!/^\/[A-Za-z0-9._/+@-]+$/.test(path))
      throw new Error(`the path ${path} must be absolute and of letters, digits and ._+@- only`);
  for (const folder of [home, instancesFolder(home, hypervisor), imagesFolder]) {
    await mkdir(folder, { recursive: true });
    const { mode } = await stat(folder);
    if ((mode & 0o011) !== 0o011) await chmod(folder, (mode & 0o7777) | 0o011);
    await assertOpen(dirname(folder));
  }
}

async function assertOpen(folder: string): Promise<void> {
  if (((await stat(folder)).mode & 0o001) === 0)
    throw new Error(`instances cannot pass through ${folder}: allow it with chmod o+x ${folder}`);
  if (folder !== '/') await assertOpen(dirname(folder));
}
