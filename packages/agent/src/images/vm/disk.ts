import { createHash } from 'node:crypto';
import { copyFile, lstat, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../process/run.ts';
import { makeFileSystem } from './file-system.ts';
import { makeInitrd } from './initrd.ts';
import { kernelOf } from './kernel.ts';
import { encodePartitionTable, type Partition, sectorBytes } from './partition-table.ts';

export interface VmDisk {
  /** Root file system, with a kernel of Debian's, its modules unpacked, and `bin/busybox` static. Its folder `boot` does not go along. */
  readonly root: string;
  /** File to write, QCOW2 and packed. */
  readonly path: string;
  /** Decides the ids of the disk and its file systems. */
  readonly name: string;
  /**
   * Whether the disk's own root is written to. Else what is written stays in memory, and any number of machines
   * may run from one disk.
   */
  readonly writable: boolean;
  /** Room in the root file system beside its content, in bytes. */
  readonly freeBytes: number;
  /** Parameters of the kernel beside those that say where the root is. */
  readonly parameters: readonly string[];
  /** Seconds since 1970: the time of all files. */
  readonly epoch: number;
}

/** Where a disk of ours has its kernel: file names in its first partition. */
export const bootFiles = { kernel: 'vmlinuz', initrd: 'initrd', parameters: 'parameters' } as const;

/** Raise when disks of the same tree become others. */
export const diskVersion = 3;

const grubFolder = '/usr/lib/grub/i386-pc';
const grubModules = ['biosdisk', 'part_msdos', 'ext2', 'linux', 'normal', 'configfile'];
const mebibyte = 1_048_576;
const bootStart = (1 * mebibyte) / sectorBytes;
const bootBytes = 48 * mebibyte;
/** What a file system keeps for itself, beside a few hundredths of its size. */
const ownBytes = 24 * mebibyte;
const rootStart = bootStart + bootBytes / sectorBytes;

/**
 * Builds a disk that boots by itself through GRUB, and whose kernel can be taken out for booting without one. No
 * loop device, no mount. The same tree gives the same bytes. Gives the size of the disk inside, in bytes.
 */
export async function buildVmDisk(disk: VmDisk): Promise<number> {
  const work = `${disk.path}.parts`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    const bytes = await assemble(disk, work);
    const raw = join(work, 'disk');
    const packed = ['-c', '-m', '1', '-f', 'raw', '-O', 'qcow2', '-o', 'compression_type=zstd'];
    await run('qemu-img', ['convert', ...packed, raw, disk.path], { timeoutMs: 10 * 60_000 });
    return bytes;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function assemble(disk: VmDisk, work: string): Promise<number> {
  const { root, name, epoch } = disk;
  const boot = join(work, 'boot');
  await makeBootFolder(disk, boot);
  const bootSystem = join(work, 'boot.ext2');
  await makeFileSystem({
    path: bootSystem,
    type: 'ext2',
    journal: false,
    sizeBytes: bootBytes,
    label: 'boot',
    uuid: uuidFor(`${name} boot`),
    root: boot,
    epoch,
  });
  await rm(join(root, 'boot'), { recursive: true, force: true });
  await mkdir(join(root, 'boot'));
  const rootSystem = join(work, 'root.ext4');
  const rootBytes =
    Math.ceil(((await roomFor(root)) * 1.04 + ownBytes + disk.freeBytes) / mebibyte) * mebibyte;
  await makeFileSystem({
    path: rootSystem,
    type: 'ext4',
    journal: disk.writable,
    sizeBytes: rootBytes,
    label: 'root',
    uuid: uuidFor(`${name} root`),
    root,
    epoch,
  });
  const partitions: readonly Partition[] = [
    { start: bootStart, sectors: bootBytes / sectorBytes },
    { start: rootStart, sectors: rootBytes / sectorBytes },
  ];
  const raw = join(work, 'disk');
  await writeBootSectors(raw, { work, name, partitions });
  await place(raw, bootSystem, bootStart);
  await place(raw, rootSystem, rootStart);
  return rootStart * sectorBytes + rootBytes;
}

async function makeBootFolder({ root, writable, parameters }: VmDisk, boot: string): Promise<void> {
  const kernel = await kernelOf(root);
  const line = ['root=/dev/vda2', writable ? 'rw' : 'ro', ...parameters].join(' ');
  await mkdir(join(boot, 'grub'), { recursive: true });
  await copyFile(kernel.image, join(boot, bootFiles.kernel));
  await writeFile(
    join(boot, bootFiles.initrd),
    await makeInitrd(kernel, join(root, 'bin/busybox')),
  );
  await writeFile(join(boot, bootFiles.parameters), `${line}\n`);
  const config = `linux /${bootFiles.kernel} ${line}\ninitrd /${bootFiles.initrd}\nboot\n`;
  await writeFile(join(boot, 'grub/grub.cfg'), config);
}

/** Partition table with GRUB's first part, and its second part in the sectors before the first partition. */
async function writeBootSectors(
  raw: string,
  { work, name, partitions }: { work: string; name: string; partitions: readonly Partition[] },
): Promise<void> {
  const core = join(work, 'core.img');
  const where = ['-O', 'i386-pc', '-p', '(hd0,msdos1)/grub', '-o', core];
  await run('grub-mkimage', [...where, ...grubModules]);
  const coreImage = await readFile(core);
  if (coreImage.length > (bootStart - 1) * sectorBytes) throw new Error('GRUB is too large');
  const bootImage = await readFile(join(grubFolder, 'boot.img'));
  const table = encodePartitionTable({
    bootCode: bootImage.subarray(0, 440),
    diskId: createHash('sha256').update(name).digest().readUInt32LE(),
    partitions,
  });
  await writeFile(raw, Buffer.concat([table, coreImage]));
}

/** Copies a file system to its partition, keeping holes. */
async function place(raw: string, source: string, startSector: number): Promise<void> {
  const block = mebibyte;
  const seek = (startSector * sectorBytes) / block;
  const how = ['conv=notrunc,sparse', `bs=${block}`, `seek=${seek}`, 'status=none'];
  await run('dd', [`if=${source}`, `of=${raw}`, ...how], { timeoutMs: 5 * 60_000 });
  const { size } = await lstat(source);
  const handle = await open(raw, 'r+');
  try {
    const wanted = startSector * sectorBytes + size;
    if ((await handle.stat()).size < wanted) await handle.truncate(wanted);
  } finally {
    await handle.close();
  }
}

/** Bytes that a tree needs on a file system: blocks of its files, and inodes. */
async function roomFor(path: string): Promise<number> {
  const block = 4096;
  const perInode = 512;
  const info = await lstat(path);
  const own = perInode + (info.isSymbolicLink() ? 0 : Math.ceil(info.size / block) * block);
  if (!info.isDirectory()) return own;
  let sum = own + block;
  for (const name of await readdir(path)) sum += await roomFor(join(path, name));
  return sum;
}

function uuidFor(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
