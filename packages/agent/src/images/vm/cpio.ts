/** One entry of a cpio archive. */
export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** Content of a file, target of a link; a folder has none. */
  readonly content: Buffer | null;
  readonly kind: 'file' | 'folder' | 'link';
}

const typeBits = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const;
const end = 'TRAILER!!!';

/**
 * Encodes a cpio archive of the `newc` format, as the kernel reads an initrd and `cpio` reads files. Everything in
 * it is root's and has no time, so that the same entries give the same bytes.
 */
export function encodeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry.path === '' || entry.path === end || /^\/|\0/.test(entry.path))
      throw new Error(`not a path for an archive: ${JSON.stringify(entry.path)}`);
    const mode = typeBits[entry.kind] | (entry.mode & 0o7777);
    parts.push(...record(entry.path, { ino: index + 1, mode, content: entry.content }));
  }
  parts.push(...record(end, { ino: 0, mode: 0, content: null }));
  return Buffer.concat(parts);
}

function record(
  path: string,
  { ino, mode, content }: { ino: number; mode: number; content: Buffer | null },
): readonly Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const body = content ?? Buffer.alloc(0);
  const links = 1;
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [ino, mode, 0, 0, links, 0, body.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map(hex).join('')}`);
  return [header, name, padding(header.length + name.length), body, padding(body.length)];
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
