import type { Logger } from 'pino';
import type { Hypervisor, Startable } from './hypervisors/hypervisor.ts';
import type { Instance, Instances } from './instances.ts';
import { makePorts, type PortsOf, removePorts } from './links/ports.ts';
import type { Names } from './names.ts';
import type { RouterLinks } from './routers/links.ts';
import type { TemplateCache } from './templates/template-cache.ts';

/** What the agent's commands work with. */
export interface Host {
  readonly names: Names;
  readonly instances: Instances;
  readonly templates: TemplateCache;
  readonly hypervisor: Hypervisor;
  readonly links: RouterLinks;
  readonly logger: Logger;
}

/** The cables of an instance's NICs. */
export function portsOf(host: Host, { id, nics }: Instance['spec']): PortsOf {
  return { names: host.names, instanceId: id, nics };
}

/**
 * Makes the instance's record, disk, definition and ports, starts and watches it. With `onlyControl` no other NIC is
 * plugged in.
 */
export async function bringToLife(
  host: Host,
  startable: Startable,
  { onlyControl }: { onlyControl: boolean } = { onlyControl: false },
): Promise<void> {
  const { hypervisor, instances } = host;
  const { spec } = startable;
  const ports = portsOf(host, spec);
  const isNew = (await instances.read(spec.id)) === null;
  await instances.write(recordOf(startable));
  try {
    await hypervisor.prepare(startable);
  } catch (error) {
    if (isNew) await hypervisor.destroy(spec.id);
    throw error;
  }
  await makePorts(ports, {
    kind: hypervisor.cables,
    plugged: nic => !onlyControl || nic.network.kind === 'control',
  });
  try {
    await hypervisor.start(spec.id);
  } catch (error) {
    await removePorts(ports);
    throw error;
  }
  await hypervisor.watch(spec.id);
}

/** A router's first configuration is not part of it: the server gives one with every start. */
function recordOf(startable: Startable): Instance {
  return startable.kind === 'guest' ? startable : { kind: 'router', spec: startable.spec };
}
