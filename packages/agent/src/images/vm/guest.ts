import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildEpoch, osTypeOf } from '../debian.ts';
import { layPayload, readPackages, readPayload } from '../payload.ts';
import { busyboxLinks, guestTemplate } from '../recipes.ts';
import { buildVmDisk } from './disk.ts';
import { kernelOptions, kernelParameters } from './kernel-settings.ts';
import { moduleFilters } from './module-filters.ts';
import { type BuiltTemplate, produceTemplate, type TemplateOptions } from './template.ts';
import { buildMachineTree } from './tree.ts';

const container = fileURLToPath(new URL('../../../guest-image/', import.meta.url));
const vm = `${container}vm`;

/** Room for what a guest writes. */
const freeBytes = 256 * 1_048_576;

/**
 * Builds the guest template as a disk: busybox, dropbear and a kernel, up in seconds. It takes its host name and
 * root's keys from a seed disk by the NoCloud convention, its addresses by DHCP, and shuts down on the power button.
 */
export function buildGuestTemplate(options: TemplateOptions): Promise<BuiltTemplate> {
  return produceTemplate(options, {
    name: guestTemplate,
    build: async ({ root, path }) => {
      const { onProgress } = options;
      const packages = [...(await readPackages(container)), ...(await readPackages(vm))];
      const dpkgOptions = [
        ...kernelOptions,
        ...moduleFilters(await readFile(`${vm}/modules.txt`, 'utf8')),
      ];
      const variant = 'extract';
      const suites = ['trixie', 'bookworm'] as const;
      const tree = { root, variant, packages, suites, dpkgOptions, onProgress } as const;
      await buildMachineTree(tree, options.treesFolder);
      await layPayload(root, [
        ...(await busyboxLinks(root)),
        ...(await readPayload(container)),
        ...(await readPayload(vm)),
      ]);
      onProgress('making the disk');
      const diskBytes = await buildVmDisk({
        root,
        path,
        name: guestTemplate,
        writable: true,
        freeBytes,
        parameters: kernelParameters,
        epoch: buildEpoch,
      });
      return { diskBytes, osType: await osTypeOf(root) };
    },
  });
}
