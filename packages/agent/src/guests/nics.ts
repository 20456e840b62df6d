import type { GuestSpec, NicSpec } from '@isola/agent-protocol';
import { type Host, portsOf } from '../host-state.ts';
import {
  filterPorts,
  limitPorts,
  makeMissingPorts,
  plugPorts,
  removePorts,
} from '../links/ports.ts';

/**
 * Plugs NICs into and out of a running guest until they are as in `spec`, and puts their ports and filters right.
 * The record names every NIC that there may be at any moment, so that a repetition finds what a crash left.
 */
export async function setNics(host: Host, spec: GuestSpec): Promise<void> {
  const { instances, hypervisor } = host;
  const record = await instances.read(spec.id);
  const gone = (record?.spec.nics ?? []).filter(nic => !spec.nics.some(next => same(nic, next)));
  const ports = portsOf(host, spec);
  const goneDevices = new Set(gone.map(({ device }) => device));
  const kept = spec.nics.filter(({ device }) => !goneDevices.has(device));
  if (gone.length > 0) {
    // One that comes back under the name of another is another: first out, then in.
    await hypervisor.setNics(spec.id, kept);
    await removePorts({ ...ports, nics: gone });
  }
  await instances.write({ kind: 'guest', spec });
  await makeMissingPorts(ports, hypervisor.cables);
  await filterPorts(ports);
  await limitPorts(ports);
  await plugPorts(ports);
  await hypervisor.setNics(spec.id, spec.nics);
}

/** Whether a NIC can become the other without being taken out: its place in the network may change, its identity not. */
function same(nic: NicSpec, other: NicSpec): boolean {
  return nic.device === other.device && nic.mac === other.mac && nic.mtu === other.mtu;
}
