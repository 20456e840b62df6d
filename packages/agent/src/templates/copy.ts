import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';

/** What a host remembers of its copy of a template, in `metadata.json` beside the file `disk`. */
const copySchema = z.object({
  name: z.string(),
  checksum: z.string(),
  format: z.enum(['QCOW2', 'RAW', 'TAR']),
  sizeBytes: z.number().int(),
  /** The file's time of change when it was verified, in nanoseconds: another one means another content. */
  verified: z.string(),
});
export type TemplateCopy = z.infer<typeof copySchema>;

export const diskOf = (folder: string): string => join(folder, 'disk');

/** The record of the copy in that folder, or `null` when there is none. */
export async function readCopy(folder: string): Promise<TemplateCopy | null> {
  const text = await readFile(join(folder, 'metadata.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return copySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Records that the file has the checksum. */
export async function recordCopy(
  folder: string,
  copy: Omit<TemplateCopy, 'verified'>,
): Promise<void> {
  const { mtimeNs } = await stat(diskOf(folder), { bigint: true });
  const record: TemplateCopy = { ...copy, verified: String(mtimeNs) };
  const path = join(folder, 'metadata.json');
  await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { flush: true });
  await rename(`${path}.new`, path);
}

/** Whether the file is as it was when it was verified. */
export async function isUntouched(folder: string, copy: TemplateCopy): Promise<boolean> {
  const found = await stat(diskOf(folder), { bigint: true }).catch(() => null);
  return (
    found !== null &&
    Number(found.size) === copy.sizeBytes &&
    String(found.mtimeNs) === copy.verified
  );
}

/** SHA-256 of a file's content in hex. */
export async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
