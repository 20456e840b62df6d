import type { RouterSpec } from '@isola/agent-protocol';
import { IsolaError, type RouterConfig, type RouterReport } from '@isola/model';
import { type Host, runs, watch } from '../host-state.ts';
import { containerFolder, initPid } from '../hypervisors/lxc/container.ts';
import { requireNetworks } from '../links/networks.ts';
import { type PortsOf, plugPorts, portsExist, takeAddresses, unplugPorts } from '../links/ports.ts';
import { applyConfig, report } from './calls.ts';
import { bootRouter, destroyRouter, openLink } from './commands.ts';
import {
  acceptUnknownWindows,
  readConnections,
  settled,
  writeConnections,
} from './copy-connections.ts';

export interface Replacement {
  /** Id of the router to give up. */
  readonly previous: string;
  readonly next: RouterSpec;
  readonly boot: RouterConfig;
}

/**
 * Brings the next router up beside the previous one, hands connections and ports over, and destroys the previous.
 * Every step can be repeated, so a replacement that was cut short anywhere is finished by starting it again.
 */
export async function replaceRouter(
  host: Host,
  { previous, next, boot }: Replacement,
): Promise<RouterReport> {
  const record = await host.instances.read(previous);
  if (record?.kind === 'guest')
    throw new IsolaError('refused_value', { reason: `${previous} is no router` });
  await bringUp(host, next, boot);
  await applyConfig(host.links.of(next.id), boot);
  await handOver(host, record === null ? null : portsOf(host, record.spec), portsOf(host, next));
  await destroyRouter(host, previous);
  return report(host.links.of(next.id));
}

/** The next router, running and reachable, in no bridge but the control bridge unless it took over already. */
async function bringUp(host: Host, next: RouterSpec, boot: RouterConfig): Promise<void> {
  await requireNetworks(host.names, next.nics);
  if (await runs(host, next.id)) await watch(host, next.id);
  else {
    await host.instances.write({ kind: 'router', spec: next });
    await bootRouter(host, { spec: next, boot, onlyControl: true });
  }
  await openLink(host, next);
}

/**
 * Copies the connections, swaps the ports, and copies what came up meanwhile. While both are plugged in, the
 * bridges deliver to the next one only, so that no packet meets a port that is being taken out.
 */
async function handOver(host: Host, previous: PortsOf | null, next: PortsOf): Promise<void> {
  const [oldPid, newPid] = await Promise.all([pidOf(host, previous), pidOf(host, next)]);
  if (newPid === null)
    throw new IsolaError('resource_unavailable', { reason: 'The new router stopped' });
  const taker = {
    pid: newPid,
    folder: containerFolder(host.instances.container(next.instanceId)),
  };
  await acceptUnknownWindows(newPid);
  if (oldPid !== null) await writeConnections(taker, settled(await readConnections(oldPid)));
  await plugPorts(dataPorts(next));
  await takeAddresses(dataPorts(next));
  if (previous !== null && (await portsExist(previous))) await unplugPorts(dataPorts(previous));
  if (oldPid !== null) await writeConnections(taker, await readConnections(oldPid));
}

function portsOf(host: Host, spec: RouterSpec): PortsOf {
  return { names: host.names, instanceId: spec.id, nics: spec.nics };
}

function dataPorts(ports: PortsOf): PortsOf {
  return { ...ports, nics: ports.nics.filter(nic => nic.network.kind !== 'control') };
}

async function pidOf(host: Host, ports: PortsOf | null): Promise<number | null> {
  return ports === null ? null : initPid(host.instances.container(ports.instanceId));
}
