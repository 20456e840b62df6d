import type { RouterSpec } from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import { type Host, runs, startAndWatch, watch } from '../host-state.ts';
import {
  containerFolder,
  destroyContainer,
  prepareContainer,
  stopContainer,
} from '../hypervisors/lxc/container.ts';
import { requireNetworks } from '../links/networks.ts';
import { makePorts, plugPorts, removePorts } from '../links/ports.ts';
import { routerFiles, routerSettings } from './settings.ts';

/** Starts the router; for one that runs, puts its ports right. Its control link is opened, not waited for. */
export async function startRouter(host: Host, spec: RouterSpec, boot: RouterConfig): Promise<void> {
  await requireNetworks(host.names, spec.nics);
  if (await runs(host, spec.id)) {
    await plugPorts({ names: host.names, instanceId: spec.id, nics: spec.nics });
    await watch(host, spec.id);
  } else {
    await host.instances.write({ kind: 'router', spec });
    await bootRouter(host, { spec, boot, onlyControl: false });
  }
  await openLink(host, spec);
}

/** Makes the router's container and starts it, plugged in everywhere or only to the control bridge. */
export async function bootRouter(
  host: Host,
  { spec, boot, onlyControl }: { spec: RouterSpec; boot: RouterConfig; onlyControl: boolean },
): Promise<void> {
  const ports = { names: host.names, instanceId: spec.id, nics: spec.nics };
  const settings = routerSettings(host.names, spec, {
    imageRoot: host.images.router.root,
    controlGroups: host.controlGroups,
  });
  const files = routerFiles(spec, boot, host.keyPair.publicKey);
  await prepareContainer(host.instances.container(spec.id), settings, files);
  await makePorts(ports, nic => !onlyControl || nic.network.kind === 'control');
  try {
    await startAndWatch(host, spec.id);
  } catch (error) {
    await removePorts(ports);
    throw error;
  }
}

export async function openLink(host: Host, spec: RouterSpec): Promise<void> {
  await host.links.open(spec, containerFolder(host.instances.container(spec.id)));
}

/** Cuts the router's power and removes its ports. It has nothing to lose. */
export async function stopRouter(host: Host, id: string): Promise<void> {
  const instance = await host.instances.read(id);
  host.monitor.unwatch(id);
  host.links.close(id);
  await stopContainer(host.instances.container(id), null);
  if (instance !== null)
    await removePorts({ names: host.names, instanceId: id, nics: instance.spec.nics });
}

export async function destroyRouter(host: Host, id: string): Promise<void> {
  await stopRouter(host, id);
  await destroyContainer(host.instances.container(id));
}
