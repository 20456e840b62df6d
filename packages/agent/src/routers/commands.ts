import type { RouterSpec } from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import { bringToLife, type Host, portsOf } from '../host-state.ts';
import { requireNetworks } from '../links/networks.ts';
import { plugPorts, removePorts } from '../links/ports.ts';

/** Starts the router; for one that runs, puts its ports right. Its control link is opened, not waited for. */
export async function startRouter(host: Host, spec: RouterSpec, boot: RouterConfig): Promise<void> {
  await requireNetworks(host.names, spec.nics);
  if (await host.hypervisor.runs(spec.id)) {
    await plugPorts(portsOf(host, spec));
    await host.hypervisor.watch(spec.id);
  } else await bringToLife(host, { kind: 'router', spec, boot });
  await openLink(host, spec);
}

export async function openLink(host: Host, spec: RouterSpec): Promise<void> {
  await host.links.open(spec, host.instances.folderOf(spec.id));
}

/** Cuts the router's power and removes its ports. It has nothing to lose. */
export async function stopRouter(host: Host, id: string): Promise<void> {
  const instance = await host.instances.read(id);
  host.hypervisor.unwatch(id);
  host.links.close(id);
  await host.hypervisor.stop(id, null);
  if (instance !== null) await removePorts(portsOf(host, instance.spec));
}

export async function destroyRouter(host: Host, id: string): Promise<void> {
  await stopRouter(host, id);
  await host.hypervisor.destroy(id);
}
