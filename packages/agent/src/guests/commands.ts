import type { GuestSpec } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { type Host, runs, startAndWatch, watch } from '../host-state.ts';
import { destroyContainer, prepareContainer, stopContainer } from '../hypervisors/lxc/container.ts';
import { requireNetworks } from '../links/networks.ts';
import { filterPorts, makePorts, plugPorts, removePorts } from '../links/ports.ts';
import { guestFiles, guestSettings } from './settings.ts';

const graceSeconds = 10;

/** Starts the guest; for one that runs, puts its ports and their filters right. */
export async function startGuest(host: Host, spec: GuestSpec): Promise<void> {
  const ports = { names: host.names, instanceId: spec.id, nics: spec.nics };
  await requireNetworks(host.names, spec.nics);
  if (await runs(host, spec.id)) {
    await filterPorts(ports);
    await plugPorts(ports);
    return watch(host, spec.id);
  }
  const image = host.images.templates.get(spec.template.name);
  if (image === undefined)
    throw new IsolaError('resource_unavailable', {
      reason: `The host has no template ${spec.template.name}`,
    });
  await host.instances.write({ kind: 'guest', spec });
  const settings = guestSettings(host.names, spec, {
    imageRoot: image.root,
    controlGroups: host.controlGroups,
  });
  await prepareContainer(host.instances.container(spec.id), settings, guestFiles(spec));
  await makePorts(ports);
  try {
    await startAndWatch(host, spec.id);
  } catch (error) {
    await removePorts(ports);
    throw error;
  }
}

/** Stops the guest and removes its ports. */
export async function stopGuest(host: Host, id: string, forced: boolean): Promise<void> {
  const instance = await host.instances.read(id);
  host.monitor.unwatch(id);
  await stopContainer(host.instances.container(id), forced ? null : graceSeconds);
  if (instance !== null)
    await removePorts({ names: host.names, instanceId: id, nics: instance.spec.nics });
}

export async function destroyGuest(host: Host, id: string): Promise<void> {
  await stopGuest(host, id, true);
  await destroyContainer(host.instances.container(id));
}
