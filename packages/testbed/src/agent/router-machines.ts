import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RouterSpec, TemplateRef } from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import { run, until } from '../world/exec.ts';
import { systemTemplate } from '../world/templates.ts';
import { type HostWorld, makeHostWorld, routerSpec, type TestNetwork, vlan } from './host-world.ts';

/** Emulated, on a machine that does much else: minutes where it takes seconds. */
export const slow = 600_000;

/** A host whose routers are virtual machines, with the system template and a segment for each network. */
export interface RouterWorld extends HostWorld {
  readonly template: TemplateRef;
}

export async function makeRouterWorld(
  name: string,
  networks: readonly TestNetwork[],
): Promise<RouterWorld> {
  const { path, checksum } = await systemTemplate();
  const world = await makeHostWorld(name, { body: 'KVM' });
  const id = randomUUID();
  const served = join(world.files, 'served', id);
  await mkdir(dirname(served), { recursive: true });
  await link(path, served).catch(() => run(['cp', path, served]));
  const template = { name: 'systemvm', checksum };
  const sizeBytes = (await stat(path)).size;
  await world.agent.call('ensureTemplate', { ...template, id, format: 'QCOW2', sizeBytes });
  for (const network of networks) await world.agent.call('ensureSegment', vlan(network.vlan));
  return Object.assign(world, { template });
}

/** Router `number` of the network; libvirt wants each on a host to have a name of its own. */
export function routerMachine(
  { template }: RouterWorld,
  network: TestNetwork,
  number: number,
): RouterSpec {
  const limits = { memoryMiB: 256, cpuPercent: 100 };
  return { ...routerSpec(network, number), template, limits };
}

/** Starts the router and waits until it has its configuration. Gives how long each took. */
export async function startAndConfigure(
  world: RouterWorld,
  spec: RouterSpec,
  config: RouterConfig,
): Promise<string> {
  const begin = performance.now();
  const passed = (): string => `${Math.round(performance.now() - begin)} ms`;
  await world.agent.call('startRouter', spec, config);
  const started = passed();
  await until(
    'the configuration',
    async () => {
      const report = await world.agent.call('report', spec.id).catch(() => ({ generation: -1 }));
      return report.generation === config.generation;
    },
    slow,
  );
  return `started in ${started}, configured after ${passed()}`;
}

/** Folders of the warm images that are complete. */
export async function warmImages({ files, template }: RouterWorld): Promise<readonly string[]> {
  const folder = join(files, 'templates', template.checksum);
  const names = await readdir(folder);
  const found = names.filter(name => name.startsWith('warm-') && !name.includes('.'));
  return found.map(name => join(folder, name));
}

/** Asks the world's libvirt. */
export function virsh({ options }: HostWorld, ...words: string[]): Promise<string> {
  return run(['virsh', '--quiet', '--connect', options.kvm.libvirtUri, ...words]);
}

export async function isCopy(world: HostWorld, id: string): Promise<boolean> {
  return (await virsh(world, 'dumpxml', id)).includes('-incoming');
}
