import { createHash } from 'node:crypto';
import { run } from '../process/run.ts';
import { buildDebianTree, installedPackages, osTypeOf, type Suite } from './debian.ts';
import { gatherInputs, readRouterProgram } from './inputs.ts';
import {
  layPayload,
  type PayloadEntry,
  payloadFiles,
  readPackages,
  readPayload,
} from './payload.ts';
import type { Image, ImageMetadata } from './store.ts';
import { measureTree, shiftOwners } from './tree.ts';

/** How one image is made. Its hash names everything that decides the result. */
export interface Recipe {
  readonly name: string;
  readonly hash: string;
  readonly build: (root: string) => Promise<ImageMetadata>;
}

/** Raise when the way of building changes in a way that the recipes' inputs do not show. */
const buildVersion = 2;

/** Name of the guest template that every host has. */
export const guestTemplate = 'isola-tiny';

const routerFolder = 'router/image';
const guestFolder = 'agent/guest-image';

type Progress = (line: string) => void;

/** The router's program needs the Node of this release. */
const routerSuites: readonly Suite[] = ['trixie'];
const guestSuites: readonly Suite[] = ['trixie', 'bookworm'];

/** All that the recipes of containers are made of, for a program that is bundled and builds them elsewhere. */
export async function containerInputs(): Promise<Readonly<Record<string, Buffer>>> {
  const folders = await Promise.all([routerFolder, guestFolder].map(payloadFiles));
  return gatherInputs(folders.flat());
}

/** Debian with the router's packages: slow to build and seldom changed, so an image of its own. */
export async function routerBaseRecipe(onProgress: Progress): Promise<Recipe> {
  const name = 'router-base';
  const packages = await readPackages(routerFolder);
  return {
    name,
    hash: hashOf([name, ...routerSuites, ...packages]),
    build: async root => {
      const variant = 'minbase';
      await buildDebianTree({ root, variant, packages, suites: routerSuites, onProgress });
      return finish(root, { name, packages: await installedPackages(root) });
    },
  };
}

/** The router's files over its base. Files of the base are shared by hard links: none is ever written in place. */
export async function routerRecipe(base: {
  readonly hash: string;
  readonly open: () => Promise<Image>;
}): Promise<Recipe> {
  const name = 'router';
  const payload: readonly PayloadEntry[] = [
    ...(await readPayload(routerFolder)),
    {
      kind: 'file',
      mode: 0o644,
      path: '/usr/lib/isola-router/isola-router.cjs',
      content: await readRouterProgram(),
    },
  ];
  const described = payload.map(describe);
  return {
    name,
    hash: hashOf([name, base.hash, ...described]),
    build: async root => {
      const below = await base.open();
      await run('cp', ['--archive', '--link', below.root, root]);
      await layPayload(root, payload);
      await shiftOwners(root);
      const checksum = createHash('sha256').update(below.metadata.checksum);
      for (const line of described) checksum.update(`${line}\0`);
      const own = payload.map(entry => (entry.kind === 'file' ? entry.content.length : 0));
      return {
        ...below.metadata,
        name,
        checksum: checksum.digest('hex'),
        sizeBytes: own.reduce((sum, size) => sum + size, below.metadata.sizeBytes),
      };
    },
  };
}

/** A guest of a few megabytes: busybox and dropbear. */
export async function guestRecipe(onProgress: Progress): Promise<Recipe> {
  const packages = await readPackages(guestFolder);
  const payload = await readPayload(guestFolder);
  return {
    name: guestTemplate,
    hash: hashOf([guestTemplate, ...guestSuites, ...packages, ...payload.map(describe)]),
    build: async root => {
      const variant = 'extract';
      await buildDebianTree({ root, variant, packages, suites: guestSuites, onProgress });
      await layPayload(root, [...(await busyboxLinks(root)), ...payload]);
      return finish(root, { name: guestTemplate, packages });
    },
  };
}

/** Links from the names of its tools to the busybox of a tree. */
export async function busyboxLinks(root: string): Promise<readonly PayloadEntry[]> {
  const tools = (await run(`${root}/usr/bin/busybox`, ['--list'])).split('\n');
  return tools
    .filter(tool => tool !== '' && tool !== 'busybox')
    .map(tool => ({ kind: 'link', path: `/usr/bin/${tool}`, target: 'busybox' }));
}

async function finish(
  root: string,
  what: Pick<ImageMetadata, 'name' | 'packages'>,
): Promise<ImageMetadata> {
  const measured = await measureTree(root);
  await shiftOwners(root);
  return { ...what, ...measured, osType: await osTypeOf(root) };
}

/** Twelve hex digits that stand for what decides an image. */
export function hashOf(inputs: readonly string[]): string {
  const hash = createHash('sha256').update(`${buildVersion}\0`);
  for (const input of inputs) hash.update(`${input}\0`);
  return hash.digest('hex').slice(0, 12);
}

/** An entry in one line, with a checksum of its content. */
export function describe(entry: PayloadEntry): string {
  if (entry.kind === 'file')
    return `${entry.path} ${entry.mode} ${createHash('sha256').update(entry.content).digest('hex')}`;
  return entry.kind === 'link' ? `${entry.path} -> ${entry.target}` : `${entry.path} ${entry.mode}`;
}
