import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { run } from '../process/run.ts';
import { bundleRouter } from './bundle.ts';
import { buildDebianTree, installedPackages, suites } from './debian.ts';
import { layPayload, type PayloadEntry, readPackages, readPayload } from './payload.ts';
import type { ImageMetadata } from './store.ts';
import { measureTree, shiftOwners } from './tree.ts';

/** How one image is made. Its hash names everything that decides the result. */
export interface Recipe {
  readonly name: string;
  readonly hash: string;
  readonly build: (root: string) => Promise<ImageMetadata>;
}

/** Raise when the way of building changes in a way that the recipes' inputs do not show. */
const buildVersion = 1;

/** Name of the guest template that every host has. */
export const guestTemplate = 'isola-tiny';

const routerFolder = fileURLToPath(new URL('../../../router/', import.meta.url));
const guestFolder = fileURLToPath(new URL('../../guest-image/', import.meta.url));

type Progress = (line: string) => void;

/** Debian with the router's packages: slow to build and seldom changed, so an image of its own. */
export async function routerBaseRecipe(onProgress: Progress): Promise<Recipe> {
  const name = 'router-base';
  const packages = await readPackages(`${routerFolder}image`);
  return {
    name,
    hash: hashOf([name, ...suites, ...packages]),
    build: async root => {
      await buildDebianTree({ root, variant: 'minbase', packages, onProgress });
      return finish(root, name, 'Debian GNU/Linux 13 (64-bit)');
    },
  };
}

/** The router's files over its base. Files of the base are shared by hard links: none is ever written in place. */
export async function routerRecipe(base: { hash: string; root: () => string }): Promise<Recipe> {
  const name = 'router';
  const payload: readonly PayloadEntry[] = [
    ...(await readPayload(`${routerFolder}image`)),
    {
      kind: 'file',
      mode: 0o644,
      path: '/usr/lib/isola-router/isola-router.cjs',
      content: await bundleRouter(`${routerFolder}src/main.ts`),
    },
  ];
  return {
    name,
    hash: hashOf([name, base.hash, ...payload.map(describe)]),
    build: async root => {
      await run('cp', ['--archive', '--link', base.root(), root]);
      await layPayload(root, payload);
      return finish(root, name, 'Debian GNU/Linux 13 (64-bit)');
    },
  };
}

/** A guest of a few megabytes: busybox and dropbear. */
export async function guestRecipe(onProgress: Progress): Promise<Recipe> {
  const packages = await readPackages(guestFolder);
  const payload = await readPayload(guestFolder);
  return {
    name: guestTemplate,
    hash: hashOf([guestTemplate, ...suites, ...packages, ...payload.map(describe)]),
    build: async root => {
      await buildDebianTree({ root, variant: 'extract', packages, onProgress });
      const busybox = `${root}/usr/bin/busybox`;
      const tools = (await run(busybox, ['--list'])).split('\n').filter(tool => tool !== '');
      const links = tools.map(
        (tool): PayloadEntry => ({ kind: 'link', path: `/usr/bin/${tool}`, target: 'busybox' }),
      );
      await layPayload(root, [
        ...links.filter(({ path }) => path !== '/usr/bin/busybox'),
        ...payload,
      ]);
      return finish(root, guestTemplate, 'Other Linux (64-bit)');
    },
  };
}

async function finish(root: string, name: string, osType: string): Promise<ImageMetadata> {
  const packages = [...(await installedPackages(root))];
  const measured = await measureTree(root);
  await shiftOwners(root);
  return { name, osType, packages, ...measured };
}

function hashOf(inputs: readonly string[]): string {
  const hash = createHash('sha256').update(`${buildVersion}\0`);
  for (const input of inputs) hash.update(`${input}\0`);
  return hash.digest('hex').slice(0, 12);
}

function describe(entry: PayloadEntry): string {
  if (entry.kind === 'file')
    return `${entry.path} ${entry.mode} ${createHash('sha256').update(entry.content).digest('hex')}`;
  return entry.kind === 'link' ? `${entry.path} -> ${entry.target}` : `${entry.path} ${entry.mode}`;
}
