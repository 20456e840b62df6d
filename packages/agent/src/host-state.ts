import type { Logger } from 'pino';
import type { ControlGroupVersion } from './host/control-groups.ts';
import { containerRuns, initPid, startContainer } from './hypervisors/lxc/container.ts';
import type { ImageSet } from './images/build.ts';
import type { Instances } from './instances.ts';
import type { Monitor } from './monitor.ts';
import type { Names } from './names.ts';
import type { SshKeyPair } from './routers/key-pair.ts';
import type { RouterLinks } from './routers/links.ts';
import type { TemplateCache } from './templates/template-cache.ts';

/** What the agent's commands work with. */
export interface Host {
  readonly names: Names;
  readonly instances: Instances;
  readonly images: ImageSet;
  readonly templates: TemplateCache;
  readonly controlGroups: ControlGroupVersion;
  readonly keyPair: SshKeyPair;
  readonly monitor: Monitor;
  readonly links: RouterLinks;
  readonly logger: Logger;
}

/** Whether the host runs the instance. */
export function runs(host: Host, id: string): Promise<boolean> {
  return containerRuns(host.instances.container(id));
}

/** Starts a prepared container and watches it. */
export async function startAndWatch(host: Host, id: string): Promise<void> {
  const container = host.instances.container(id);
  await startContainer(container);
  await watch(host, id);
}

/** Watches an instance that runs. */
export async function watch(host: Host, id: string): Promise<void> {
  await host.monitor.watch(id, (await initPid(host.instances.container(id))) ?? 0);
}
