import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What the installation changed on the host outside its own things, with the values from before. */
const changesSchema = z.object({
  /** Paths under `/proc/sys` and what they held. */
  sysctls: z.record(z.string(), z.string()),
  /** Lines added to `/etc/subuid` and `/etc/subgid`. */
  idLines: z.record(z.string(), z.string()),
});
export type HostChanges = z.infer<typeof changesSchema>;

const file = (home: string): string => join(home, 'host-changes.json');

export async function readChanges(home: string): Promise<HostChanges> {
  try {
    return changesSchema.parse(JSON.parse(await readFile(file(home), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { sysctls: {}, idLines: {} };
    throw error;
  }
}

export async function writeChanges(home: string, changes: HostChanges): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(`${file(home)}.new`, `${JSON.stringify(changes, null, 2)}\n`);
  await rename(`${file(home)}.new`, file(home));
}

export async function forgetChanges(home: string): Promise<void> {
  await rm(file(home), { force: true });
}
