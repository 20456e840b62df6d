import { buildEpoch, osTypeOf } from '../debian.ts';
import { readInput, readRouterProgram } from '../inputs.ts';
import { layPayload, type PayloadEntry, readPackages, readPayload } from '../payload.ts';
import { describe, hashOf } from '../recipes.ts';
import { buildVmDisk, diskVersion } from './disk.ts';
import { kernelOptions, kernelParameters } from './kernel-settings.ts';
import { moduleFilters } from './module-filters.ts';
import { type BuiltTemplate, produceTemplate, type TemplateOptions } from './template.ts';
import { buildMachineTree } from './tree.ts';

const image = 'router/image';
const vm = `${image}/vm`;
const name = 'systemvm';

/** All of ours that decides the template. */
interface Recipe {
  readonly packages: readonly string[];
  readonly dpkgOptions: readonly string[];
  readonly payload: readonly PayloadEntry[];
}

async function readRecipe(): Promise<Recipe> {
  return {
    packages: [...(await readPackages(image)), ...(await readPackages(vm))],
    dpkgOptions: [...kernelOptions, ...moduleFilters(String(await readInput(`${vm}/modules.txt`)))],
    payload: [
      ...(await readPayload(image)),
      ...(await readPayload(vm)),
      {
        kind: 'file',
        mode: 0o644,
        path: '/usr/lib/isola-router/isola-router.cjs',
        content: await readRouterProgram(),
      },
    ],
  };
}

/** Twelve hex digits that stand for all of ours that decides the template: while they stay, only Debian's packages may be newer. */
export async function systemTemplateInputs(): Promise<string> {
  const { packages, dpkgOptions, payload } = await readRecipe();
  const disk = [String(diskVersion), ...kernelParameters];
  return hashOf([name, ...packages, ...dpkgOptions, ...payload.map(describe), ...disk]);
}

/**
 * Builds the template of routers that are virtual machines: the packages and files of the container's image, a
 * kernel, and little more. Throws `ImageUnavailableError` when Debian 13 cannot be had.
 */
export function buildSystemTemplate(options: TemplateOptions): Promise<BuiltTemplate> {
  return produceTemplate(options, {
    name,
    build: async ({ root, path }) => {
      const { packages, dpkgOptions, payload } = await readRecipe();
      const { onProgress } = options;
      // Node.js of Debian 12 is too old for the router's program.
      const suites = ['trixie'] as const;
      const variant = 'minbase';
      const tree = { root, variant, packages, suites, dpkgOptions, onProgress } as const;
      await buildMachineTree(tree, options.treesFolder);
      await layPayload(root, payload);
      onProgress('making the disk');
      const diskBytes = await buildVmDisk({
        root,
        path,
        name,
        writable: false,
        freeBytes: 0,
        parameters: kernelParameters,
        epoch: buildEpoch,
      });
      return { diskBytes, osType: await osTypeOf(root) };
    },
  });
}
