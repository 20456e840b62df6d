import { open, rename } from 'node:fs/promises';

/** Replaces a file as a whole: readers see the old content or the new, and it is on disk when it resolves. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const file = await open(`${path}.new`, 'w', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
