import { chown, mkdir, readFile } from 'node:fs/promises';

/** Makes a folder that QEMU writes to. libvirt runs it as a user of its own where the system has one. */
export async function makeFolderForQemu(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const [, , uid, gid] =
    (await readFile('/etc/passwd', 'utf8'))
      .split('\n')
      .find(line => line.startsWith('libvirt-qemu:'))
      ?.split(':') ?? [];
  if (uid !== undefined && gid !== undefined) await chown(path, Number(uid), Number(gid));
}
