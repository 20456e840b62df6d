import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../process/run.ts';
import { buildDebianTree, type DebianTree } from '../debian.ts';
import { hashOf } from '../recipes.ts';
import { kernelOf, requireWholeModules, unpackModules } from './kernel.ts';
import { trimTree } from './trim.ts';

/**
 * Builds a tree of Debian packages with a kernel, its modules unpacked. With `kept`, a folder, an earlier tree of the
 * same packages is copied from there, whatever Debian has released since; else it is left there for the next time.
 */
export async function buildMachineTree(tree: DebianTree, kept: string | null): Promise<void> {
  if (kept === null) return buildAfresh(tree);
  const { variant, packages, suites, dpkgOptions = [] } = tree;
  const place = join(kept, `tree-${hashOf([variant, ...suites, ...packages, ...dpkgOptions])}`);
  const there = await access(place).then(
    () => true,
    () => false,
  );
  if (!there) {
    const beside = `${place}.${process.pid}`;
    await mkdir(kept, { recursive: true });
    await buildAfresh({ ...tree, root: beside });
    await rename(beside, place).catch(() => rm(beside, { recursive: true, force: true }));
  }
  // Whatever may be mounted in it is no part of it.
  const copy = ['--archive', '--one-file-system', '--reflink=auto', '--no-target-directory'];
  await run('cp', [...copy, place, tree.root], { timeoutMs: 5 * 60_000 });
}

async function buildAfresh(tree: DebianTree): Promise<void> {
  await buildDebianTree(tree);
  tree.onProgress('unpacking kernel modules');
  const kernel = await kernelOf(tree.root);
  await unpackModules(tree.root, kernel);
  await requireWholeModules(kernel);
  await trimTree(tree.root);
}
