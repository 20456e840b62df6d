import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from '../../process/run.ts';

/** The kernel of a tree: its release, and where its image and modules are. */
export interface Kernel {
  readonly release: string;
  readonly image: string;
  readonly modules: string;
}

/** Finds the one kernel that is installed in a tree. Throws unless there is exactly one. */
export async function kernelOf(root: string): Promise<Kernel> {
  const folder = join(root, 'usr/lib/modules');
  const [release, ...others] = await readdir(folder).catch(() => []);
  if (release === undefined || others.length > 0)
    throw new Error(`there must be one kernel in ${root}`);
  const image = join(root, 'boot', `vmlinuz-${release}`);
  return { release, image, modules: join(folder, release) };
}

/** Unpacks every module of the kernel, which then loads faster. Lists them anew with the tree's own `depmod`. */
export async function unpackModules(root: string, { modules, release }: Kernel): Promise<void> {
  const paths = await readdir(modules, { recursive: true });
  const packed = paths.filter(path => path.endsWith('.ko.xz')).map(path => join(modules, path));
  if (packed.length > 0)
    await run('xargs', ['-0', 'xz', '--decompress'], {
      input: packed.join('\0'),
      timeoutMs: 5 * 60_000,
    });
  await run('chroot', [root, 'depmod', release], { timeoutMs: 60_000 });
}

/** Throws when a module of the tree needs another one that was left out: `depmod` says nothing of it. */
export async function requireWholeModules({ modules }: Kernel): Promise<void> {
  const paths = (await readdir(modules, { recursive: true })).filter(path => path.endsWith('.ko'));
  const builtin = await readFile(join(modules, 'modules.builtin'), 'utf8');
  const there = new Set([...paths, ...builtin.split('\n')].map(nameOf));
  for (const path of paths) {
    const content = await readFile(join(modules, path), 'latin1');
    const [, needs = ''] = /\0depends=([^\0]*)\0/.exec(content) ?? [];
    for (const need of needs.split(',').filter(Boolean))
      if (!there.has(nameOf(need)))
        throw new Error(`the list of modules has ${nameOf(path)}, but not ${need}, which it needs`);
  }
}

/** Paths of the modules that these need, each after what it needs itself. Those built into the kernel are left out. */
export async function moduleClosure(
  { modules }: Kernel,
  names: readonly string[],
): Promise<readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  const byName = new Map<string, string>();
  for (const line of (await readFile(join(modules, 'modules.dep'), 'utf8')).split('\n')) {
    const [path = '', rest = ''] = line.split(':');
    if (path === '') continue;
    needs.set(path, rest.split(' ').filter(Boolean));
    byName.set(nameOf(path), path);
  }
  const builtin = await readFile(join(modules, 'modules.builtin'), 'utf8');
  const builtins = new Set(builtin.split('\n').map(nameOf));
  const closure = new Set<string>();
  const add = (path: string): void => {
    if (closure.has(path)) return;
    for (const need of needs.get(path) ?? []) add(need);
    closure.add(path);
  };
  for (const name of names) {
    const path = byName.get(name);
    if (path !== undefined) add(path);
    else if (!builtins.has(name)) throw new Error(`the kernel has no module ${name}`);
  }
  return [...closure].map(path => join(modules, path));
}

function nameOf(path: string): string {
  return basename(path)
    .replace(/\.ko(?:\.xz)?$/, '')
    .replaceAll('-', '_');
}

const unpackers = [
  { command: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { command: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58]) },
] as const;

/**
 * Writes the kernel without the part that unpacks it: it starts at once, where a packed one takes seconds on an
 * emulated processor. Understands what Debian packs with, xz and zstd.
 */
export async function unpackKernel(image: string, target: string): Promise<void> {
  const packed = await readFile(image);
  // Fields of the kernel's boot protocol: sectors of real-mode code, offset and length of what is packed.
  const start = ((packed[0x1f1] ?? 0) + 1) * 512 + packed.readUInt32LE(0x248);
  const sizeField = 4;
  const payload = packed.subarray(start, start + packed.readUInt32LE(0x24c) - sizeField);
  const unpacker = unpackers.find(({ magic }) => payload.subarray(0, 4).equals(magic));
  if (unpacker === undefined) throw new Error(`${image} is packed in an unknown way`);
  const suffix = unpacker.command === 'xz' ? '.xz' : '.zst';
  await writeFile(`${target}${suffix}`, payload);
  await run(unpacker.command, ['--decompress', '--force', `${target}${suffix}`], {
    timeoutMs: 60_000,
  });
  await rm(`${target}${suffix}`, { force: true });
}
