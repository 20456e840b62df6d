import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../world/exec.ts';
import { testImageFolders } from '../world/images.ts';
import { made } from './cache.ts';
import type { Machine } from './machine.ts';

const clone = fileURLToPath(new URL('../../../../', import.meta.url));

/** Beside the packages: the compiler's settings decide what is bundled, and so which images are the right ones. */
const rootFiles = ['package.json', 'package-lock.json', 'tsconfig.base.json'];

/** Where the product is in a machine that has its disk. */
export const productFolder = '/opt/isola';

/** Paths in such a machine: what a clone of the project on an ordinary machine has. */
export const product = {
  node: `${productFolder}/bin/node`,
  cli: `${productFolder}/packages/cli/dist/main.js`,
  images: `${productFolder}/images`,
} as const;

/** Mounts the disk, now and after a restart. */
export async function mountProduct(machine: Machine): Promise<void> {
  const unit = 'opt-isola.mount';
  const mount = ['[Mount]', 'What=/dev/vdc', `Where=${productFolder}`, 'Type=ext4', ''];
  const install = ['[Install]', 'WantedBy=local-fs.target', ''];
  await machine.write(`/etc/systemd/system/${unit}`, [...mount, ...install].join('\n'));
  await machine.run(['systemctl', 'enable', '--now', unit]);
}

/** A disk with the built product, what it needs from npm, its Node, and the images of its containers. */
export async function productDisk(cache: string, say: (line: string) => void): Promise<string> {
  const images = await testImageFolders();
  const npm = await npmPackages();
  const packages = (await readdir(join(clone, 'packages'))).filter(name => name !== 'testbed');
  const hash = createHash('sha256').update(process.version);
  for (const name of rootFiles) hash.update(await readFile(join(clone, name)));
  hash.update(JSON.stringify(images));
  for (const name of packages) await hashFiles(hash, join(clone, 'packages', name));
  const folder = await made(cache, `product-${hash.digest('hex').slice(0, 12)}`, async building => {
    say('product for test hosts: writing the disk');
    const tree = join(building, 'tree');
    await mkdir(join(tree, 'bin'), { recursive: true });
    await cp(await realpath(process.execPath), join(tree, 'bin/node'));
    for (const path of [...npm, ...rootFiles, ...packages.map(name => `packages/${name}`)])
      await cp(join(clone, path), join(tree, path), {
        recursive: true,
        verbatimSymlinks: true,
      });
    await mkdir(join(tree, 'images'));
    // With `cp` of the system: owners are the containers'.
    for (const image of images) await run(['cp', '--archive', image, join(tree, 'images')]);
    const disk = join(building, 'disk.raw');
    await run(['mke2fs', '-q', '-t', 'ext4', '-d', tree, disk, '3G'], { timeout: 300_000 });
    await rm(tree, { recursive: true });
  });
  return join(folder, 'disk.raw');
}

/** Folders of the npm packages that the product runs with, relative to the clone. */
async function npmPackages(): Promise<string[]> {
  const list = ['npm', 'ls', '--omit=dev', '--all', '--parseable'];
  const found = await run(list, { cwd: clone, timeout: 120_000 });
  const paths = found.split('\n').filter(path => path.includes('/node_modules/'));
  const scope = 'node_modules/@isola';
  return [...new Set([...paths.map(path => relative(clone, path)), scope])].filter(
    path => !path.startsWith(`${scope}/`),
  );
}

async function hashFiles(hash: ReturnType<typeof createHash>, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile() && !entry.name.endsWith('.tsbuildinfo'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(relative(clone, file)).update(await readFile(file));
}
