import type { GuestSpec } from '@isola/agent-protocol';
import { bringToLife, type Host, portsOf } from '../host-state.ts';
import { requireNetworks } from '../links/networks.ts';
import { removePorts } from '../links/ports.ts';
import { setNics } from './nics.ts';

const graceSeconds = 10;

/** Starts the guest; for one that runs, makes its NICs as in `spec`. */
export async function startGuest(host: Host, spec: GuestSpec): Promise<void> {
  await requireNetworks(host.names, spec.nics);
  if (!(await host.hypervisor.runs(spec.id))) return bringToLife(host, { kind: 'guest', spec });
  await setNics(host, spec);
  await host.hypervisor.watch(spec.id);
}

/** Stops the guest and removes its ports. */
export async function stopGuest(host: Host, id: string, forced: boolean): Promise<void> {
  const instance = await host.instances.read(id);
  host.hypervisor.unwatch(id);
  await host.hypervisor.stop(id, forced ? null : graceSeconds);
  if (instance !== null) await removePorts(portsOf(host, instance.spec));
}

export async function destroyGuest(host: Host, id: string): Promise<void> {
  await stopGuest(host, id, true);
  await host.hypervisor.destroy(id);
}

/** As `destroyGuest`, but for a disk that another host uses now. */
export async function forgetGuest(host: Host, id: string): Promise<void> {
  await stopGuest(host, id, true);
  await host.hypervisor.forget(id);
}
