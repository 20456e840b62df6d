import { cp, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buildGuestTemplate, buildSystemTemplate, systemTemplateInputs } from '@isola/agent';
import { run } from './exec.ts';
import { testImages } from './images.ts';

/** A template that tests use: its file and checksum. */
export interface TestTemplate {
  readonly path: string;
  readonly checksum: string;
}

/** The system template of this tree, built unless an earlier test did. */
export async function systemTemplate(): Promise<TestTemplate> {
  const folder = join(await testImages(), 'templates');
  const name = `systemvm-${await systemTemplateInputs()}`;
  const kept = join(folder, name);
  if (!(await readdir(folder).catch((): string[] => [])).includes(name)) {
    const work = `${kept}.${process.pid}`;
    await buildSystemTemplate({ folder: work, treesFolder: folder, onProgress: () => undefined });
    await rename(work, kept).catch(() => rm(work, { recursive: true, force: true }));
  }
  const file = (await readdir(kept)).find(entry => entry.endsWith('.qcow2'));
  if (file === undefined) throw new Error(`no template in ${kept}`);
  const path = join(kept, file);
  const [checksum = ''] = (await run(['sha256sum', path])).split(' ');
  return { path, checksum };
}

/** The guest template of this tree. It is made anew, of packages that an earlier test fetched: that takes seconds. */
export async function guestTemplate(): Promise<TestTemplate> {
  const folder = join(await testImages(), 'templates');
  const work = join(folder, `isola-tiny.${process.pid}`);
  const onProgress = (): void => undefined;
  const built = await buildGuestTemplate({ folder: work, treesFolder: folder, onProgress });
  // The same program makes the same file.
  const kept = join(folder, `isola-tiny-${built.checksum.slice(0, 12)}`);
  await rename(work, kept).catch(() => rm(work, { recursive: true, force: true }));
  return { path: join(kept, basename(built.path)), checksum: built.checksum };
}

/** Puts a template and its manifest into the folder. */
export async function layTemplate({ path }: TestTemplate, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(dirname(path))) {
    const [from, to] = [join(dirname(path), name), join(folder, name)];
    await link(from, to).catch(() => cp(from, to));
  }
}
