import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSystemTemplate, systemTemplateInputs } from '@isola/agent';
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
