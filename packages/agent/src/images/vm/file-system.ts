import { lstat, open, readdir, readlink, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../process/run.ts';

export interface FileSystemOptions {
  /** File to make. */
  readonly path: string;
  readonly type: 'ext2' | 'ext4';
  readonly journal: boolean;
  readonly sizeBytes: number;
  readonly label: string;
  /** Identifies the file system, and seeds the hashes of its folders. */
  readonly uuid: string;
  /** Folder whose content it gets, all of it root's or as owned there. */
  readonly root: string;
  /** Seconds since 1970 that every file gets as its times. */
  readonly epoch: number;
}

const superblock = 1024;
const buildTimeoutMs = 10 * 60_000;

/**
 * Makes a file with a file system of a folder's content, without mounting it. The same content gives the same
 * bytes: `mke2fs -d` would take over times of inodes and the order in which the host lists folders.
 */
export async function makeFileSystem(options: FileSystemOptions): Promise<void> {
  const { path, type, journal, sizeBytes, label, uuid, root, epoch } = options;
  const env = { E2FSPROGS_FAKE_TIME: String(epoch) };
  await writeFile(path, '');
  await truncate(path, sizeBytes);
  const features = type === 'ext4' ? ['-O', `${journal ? '' : '^'}has_journal,^metadata_csum`] : [];
  const fixed = ['-U', uuid, '-E', `hash_seed=${uuid},nodiscard,lazy_itable_init=0`];
  const shape = ['-q', '-F', '-t', type, '-b', '4096', '-i', '16384', '-m', '0', '-L', label];
  await run('mke2fs', [...shape, ...features, ...fixed, path], { env, timeoutMs: buildTimeoutMs });
  const script = `${path}.commands`;
  await writeFile(script, `${(await commandsFor(root)).join('\n')}\n`);
  // Errors of single commands do not show in its exit code.
  let complaint = '';
  await run('debugfs', ['-w', '-f', script, path], {
    env,
    timeoutMs: buildTimeoutMs,
    onErrorLine: line => {
      if (complaint === '' && !line.startsWith('debugfs 1')) complaint = line;
    },
  });
  await rm(script);
  if (complaint !== '') throw new Error(`file system of ${root}: ${complaint}`);
  await forgetWrites(path);
}

/** Clears the count of what was ever written (`s_kbytes_written`): it depends on what the tools had in their caches. */
async function forgetWrites(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(Buffer.alloc(8), 0, 8, superblock + 0x178);
  } finally {
    await file.close();
  }
}

/** Commands of debugfs that make the folder's content, sorted by name. */
async function commandsFor(root: string): Promise<readonly string[]> {
  const commands: string[] = [];
  const visit = async (folder: string, inside: string): Promise<void> => {
    for (const name of (await readdir(folder)).toSorted()) {
      const source = join(folder, name);
      const target = `${inside}/${name}`;
      const info = await lstat(source);
      const mode = (info.mode & 0o7777).toString(8);
      if (info.isDirectory()) {
        commands.push(`mkdir ${quote(target)}`);
        commands.push(`set_inode_field ${quote(target)} mode 04${mode.padStart(4, '0')}`);
      } else if (info.isSymbolicLink())
        commands.push(`symlink ${quote(target)} ${quote(await readlink(source))}`);
      else if (info.isFile()) {
        commands.push(`write ${quote(source)} ${quote(target)}`);
        commands.push(`set_inode_field ${quote(target)} mode 010${mode.padStart(4, '0')}`);
      } else continue;
      for (const [field, id] of [['uid', info.uid] as const, ['gid', info.gid] as const])
        if (id !== 0) commands.push(`set_inode_field ${quote(target)} ${field} ${id}`);
      if (info.isDirectory()) await visit(source, target);
    }
  };
  await visit(root, '');
  return commands;
}

/** An argument of a debugfs command. A quote in it is doubled; a line break cannot be said. */
function quote(text: string): string {
  if (/[\n\r\0]/.test(text))
    throw new Error(`a file name with a line break: ${JSON.stringify(text)}`);
  return `"${text.replaceAll('"', '""')}"`;
}
