import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './exec.ts';
import type { TestTemplate } from './templates.ts';

/** Gives a home the system template as its host had it in an earlier world, with a warm image: no router boots then. */
export async function layWarmRouter(template: TestTemplate, home: string): Promise<void> {
  const kept = keptFolder(template);
  if (!(await hasWarmImage(kept))) return;
  const folder = hostFolder(template, home);
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  await copyFolder(kept, folder);
  // What is there already is Isola's own.
  await writeFile(join(home, '.isola-home'), '');
}

/** Keeps what a world's host has of the system template for later worlds, once there is a warm image. */
export async function keepWarmRouter(template: TestTemplate, home: string): Promise<void> {
  const [folder, kept] = [hostFolder(template, home), keptFolder(template)];
  if ((await hasWarmImage(kept)) || !(await hasWarmImage(folder))) return;
  const work = `${kept}.${process.pid}`;
  await copyFolder(folder, work);
  await rm(kept, { recursive: true, force: true });
  await rename(work, kept).catch(() => rm(work, { recursive: true, force: true }));
}

function keptFolder({ path, checksum }: TestTemplate): string {
  return join(dirname(dirname(path)), `warm-router-${checksum.slice(0, 12)}`);
}

/** Where the agent of a home has the template. */
function hostFolder({ checksum }: TestTemplate, home: string): string {
  return join(home, 'templates', checksum);
}

async function hasWarmImage(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  // One that is being made has a dot in its name.
  return names.some(name => name.startsWith('warm-') && !name.includes('.'));
}

/** Nobody writes to the files: where they are on one disk, they are shared. */
async function copyFolder(from: string, to: string): Promise<void> {
  await run(['cp', '-al', from, to]).catch(() => run(['cp', '-a', '--sparse=always', from, to]));
}
