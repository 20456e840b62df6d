import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { buildEpoch, osTypeOf } from '../debian.ts';
import { readInput } from '../inputs.ts';
import { layPayload, type PayloadEntry, readPackages, readPayload } from '../payload.ts';
import { busyboxLinks, guestTemplate } from '../recipes.ts';
import { buildVmDisk } from './disk.ts';
import { kernelOptions, kernelParameters } from './kernel-settings.ts';
import { moduleFilters } from './module-filters.ts';
import { type BuiltTemplate, produceTemplate, type TemplateOptions } from './template.ts';
import { buildMachineTree } from './tree.ts';

const container = 'agent/guest-image';
const vm = `${container}/vm`;

/** Room for what a guest writes. */
const freeBytes = 256 * 1_048_576;

/** What another guest has beside what the guest template has. */
export interface GuestAdditions {
  readonly name: string;
  readonly packages: readonly string[];
  /** Kernel modules, in the form of `modules.txt`. */
  readonly modules: string;
  readonly payload: readonly PayloadEntry[];
}

/**
 * Builds the guest template as a disk: busybox, dropbear and a kernel, up in seconds. It takes its host name and
 * root's keys from a seed disk by the NoCloud convention, its addresses by DHCP, and shuts down on the power button.
 */
export function buildGuestTemplate(options: TemplateOptions): Promise<BuiltTemplate> {
  return buildLargerGuestTemplate(options, {
    name: guestTemplate,
    packages: [],
    modules: '',
    payload: [],
  });
}

/** As `buildGuestTemplate`, with more in it. Where a package has a tool that busybox has too, it is the package's. */
export function buildLargerGuestTemplate(
  options: TemplateOptions,
  more: GuestAdditions,
): Promise<BuiltTemplate> {
  return produceTemplate(options, {
    name: more.name,
    build: async ({ root, path }) => {
      const { onProgress } = options;
      const packages = [
        ...(await readPackages(container)),
        ...(await readPackages(vm)),
        ...more.packages,
      ];
      const modules = String(await readInput(`${vm}/modules.txt`)) + more.modules;
      const dpkgOptions = [...kernelOptions, ...moduleFilters(modules)];
      const variant = 'extract';
      const suites = ['trixie', 'bookworm'] as const;
      const tree = { root, variant, packages, suites, dpkgOptions, onProgress } as const;
      await buildMachineTree(tree, options.treesFolder);
      await layPayload(root, [
        ...(await missingOf(root, await busyboxLinks(root))),
        ...(await readPayload(container)),
        ...(await readPayload(vm)),
        ...more.payload,
      ]);
      onProgress('making the disk');
      const diskBytes = await buildVmDisk({
        root,
        path,
        name: more.name,
        writable: true,
        freeBytes,
        parameters: kernelParameters,
        epoch: buildEpoch,
      });
      return { diskBytes, osType: await osTypeOf(root) };
    },
  });
}

async function missingOf(
  root: string,
  entries: readonly PayloadEntry[],
): Promise<readonly PayloadEntry[]> {
  const there = await Promise.all(
    entries.map(({ path }) =>
      access(join(root, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return entries.filter((_, index) => there[index] !== true);
}
