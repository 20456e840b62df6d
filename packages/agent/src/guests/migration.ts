import type { GuestSpec, MigrationTarget } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { type Host, portsOf } from '../host-state.ts';
import { requireNetworks } from '../links/networks.ts';
import { makePorts, removePorts } from '../links/ports.ts';

/** Gets ready to receive a running guest; one that is here already is left alone. */
export async function prepareIncoming(host: Host, spec: GuestSpec): Promise<MigrationTarget> {
  const { hypervisor, instances, names } = host;
  await requireNetworks(names, spec.nics);
  const runs = await hypervisor.runs(spec.id);
  if (!runs) {
    await instances.write({ kind: 'guest', spec });
    await makePorts(portsOf(host, spec), { kind: hypervisor.cables, plugged: () => true });
  }
  return hypervisor.expect(spec);
}

/** Sends a running guest away and removes what it had here, but for a shared disk. */
export async function migrateGuest(host: Host, id: string, target: MigrationTarget): Promise<void> {
  const { hypervisor, instances } = host;
  const record = await instances.read(id);
  if (record === null)
    throw new IsolaError('resource_unavailable', { reason: `There is no guest ${id} here` });
  hypervisor.unwatch(id);
  try {
    await hypervisor.send(id, target);
  } catch (error) {
    if (await hypervisor.runs(id)) await hypervisor.watch(id);
    throw error;
  }
  await removePorts(portsOf(host, record.spec));
  await hypervisor.forget(id);
}
