import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../process/run.ts';
import { bootFiles } from './disk.ts';
import { unpackKernel } from './kernel.ts';
import { decodePartitionTable, sectorBytes } from './partition-table.ts';

/** What a machine is started with directly, without a boot loader. */
export interface DirectBoot {
  /** Paths of the kernel, unpacked, and of its initrd. */
  readonly kernel: string;
  readonly initrd: string;
  readonly parameters: string;
}

/** Takes kernel and initrd out of a disk of ours into the folder, unless they are there. Throws for any other disk. */
export async function takeBootFiles(disk: string, folder: string): Promise<DirectBoot> {
  const there = await readBootFiles(folder).catch(() => null);
  if (there !== null) return there;
  const work = `${folder}.taking`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    const start = join(work, 'start');
    await copyStart(disk, start, 1);
    const [boot] = decodePartitionTable(await readFile(start));
    if (boot === undefined) throw new Error(`${disk} has no partition to boot from`);
    const end = (boot.start + boot.sectors) * sectorBytes;
    await copyStart(disk, start, Math.ceil(end / copyUnit));
    for (const name of Object.values(bootFiles)) {
      const command = `dump /${name} "${join(work, name)}"`;
      await run('debugfs', ['-R', command, `${start}?offset=${boot.start * sectorBytes}`]);
    }
    const { kernel } = bootFiles;
    await unpackKernel(join(work, kernel), join(work, 'vmlinux'));
    for (const name of [kernel, 'start']) await rm(join(work, name));
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return readBootFiles(folder);
}

async function readBootFiles(folder: string): Promise<DirectBoot> {
  const parameters = (await readFile(join(folder, bootFiles.parameters), 'utf8')).trim();
  return { kernel: join(folder, 'vmlinux'), initrd: join(folder, bootFiles.initrd), parameters };
}

const copyUnit = 1_048_576;

/** Copies the first units of a disk to a raw file. */
async function copyStart(disk: string, target: string, units: number): Promise<void> {
  const range = [`bs=${copyUnit}`, `count=${units}`];
  const files = [`if=${disk}`, `of=${target}`];
  await run('qemu-img', ['dd', '-U', '-f', 'qcow2', '-O', 'raw', ...range, ...files]);
}
