import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Counters } from '../counters.ts';

interface Managed {
  readonly content: string;
  /** What the file system says of the file as it was written; another answer means that somebody touched it. */
  signature: string;
}

/** A file that was not as it should be. */
export interface FileDrift {
  readonly path: string;
  readonly detail: string;
}

/** Files whose content is ours alone. Each is written beside its place and renamed into it. */
export class ManagedFiles {
  readonly #files = new Map<string, Managed>();
  readonly #staging: string;
  readonly #folders: readonly string[];
  readonly #counters: Counters;
  #number = 0;

  /** In `folders` no other file may be. */
  constructor({
    staging,
    folders,
    counters,
  }: {
    staging: string;
    folders: readonly string[];
    counters: Counters;
  }) {
    this.#staging = staging;
    this.#folders = folders;
    this.#counters = counters;
  }

  /** Makes the folders. */
  async prepare(): Promise<void> {
    for (const folder of [this.#staging, ...this.#folders]) {
      await mkdir(folder, { recursive: true, mode: 0o755 });
    }
  }

  /** Content that a file should have, or `null`. */
  content(path: string): string | null {
    return this.#files.get(path)?.content ?? null;
  }

  /** Paths of the files that should be in a folder. */
  within(folder: string): string[] {
    return [...this.#files.keys()].filter(path => dirname(path) === folder);
  }

  /** Gives the file this content. A file that has it is not written. Gives whether it was. */
  async put(path: string, content: string): Promise<boolean> {
    if (this.#files.get(path)?.content === content) return false;
    const there = await readText(path);
    if (there !== content) await this.#write(path, content);
    this.#files.set(path, { content, signature: await signatureOf(path) });
    return there !== content;
  }

  /** Removes the file. */
  async remove(path: string): Promise<void> {
    if (!this.#files.delete(path)) return;
    await rm(path, { force: true, recursive: true });
    this.#counters.add('filesWritten', 1);
  }

  /** Looks at every file, mends those that differ and removes those that do not belong. */
  async compare(): Promise<FileDrift[]> {
    const drifts: FileDrift[] = [];
    for (const [path, file] of this.#files) {
      const detail = await this.#mend(path, file);
      if (detail !== null) drifts.push({ path, detail });
    }
    for (const folder of this.#folders) {
      for (const name of await readdir(folder).catch(() => [])) {
        const path = join(folder, name);
        if (this.#files.has(path)) continue;
        await rm(path, { force: true, recursive: true });
        drifts.push({ path, detail: 'foreign file removed' });
      }
    }
    return drifts;
  }

  async #mend(path: string, file: Managed): Promise<string | null> {
    const signature = await signatureOf(path);
    if (signature === file.signature) return null;
    const content = await readText(path);
    if (content !== file.content) await this.#write(path, file.content);
    file.signature = await signatureOf(path);
    if (content === file.content) return null;
    return content === null ? 'missing file written' : 'changed file written anew';
  }

  async #write(path: string, content: string): Promise<void> {
    this.#number += 1;
    const beside = join(this.#staging, `${process.pid}-${this.#number}`);
    await writeFile(beside, content, { mode: 0o644 });
    await mkdir(dirname(path), { recursive: true });
    await rename(beside, path);
    this.#counters.add('filesWritten', 1);
  }
}

async function signatureOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await lstat(path);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return 'missing';
  }
}

/** Text of a regular file, or `null`. */
async function readText(path: string): Promise<string | null> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path, 'utf8') : null;
  } catch {
    return null;
  }
}
