import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives `use` a file with this text, in a folder of its own in `folder`, and removes it after. For programs that
 * cannot read what Node gives them as standard input: it is a socket.
 */
export async function withFile<T>(
  folder: string,
  text: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const own = await mkdtemp(join(folder, 'isola-'));
  try {
    const path = join(own, 'input');
    await writeFile(path, text, { mode: 0o600 });
    return await use(path);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
