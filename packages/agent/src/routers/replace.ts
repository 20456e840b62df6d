import type { RouterSpec } from '@isola/agent-protocol';
import { IsolaError, type RouterConfig, type RouterReport } from '@isola/model';
import { bringToLife, type Host, portsOf } from '../host-state.ts';
import { requireNetworks } from '../links/networks.ts';
import { type PortsOf, plugPorts, portsExist, takeAddresses, unplugPorts } from '../links/ports.ts';
import { applyConfig, report } from './calls.ts';
import { destroyRouter, openLink } from './commands.ts';
import type { TrackedFlow } from './conntrack.ts';
import {
  acceptUnknownWindows,
  lasting,
  type RunInNetwork,
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
  if (await host.hypervisor.runs(next.id)) await host.hypervisor.watch(next.id);
  else await bringToLife(host, { kind: 'router', spec: next, boot }, { onlyControl: true });
  await openLink(host, next);
}

/**
 * Copies the connections, swaps the ports, and copies what came up meanwhile. While both are plugged in, the
 * bridges deliver to the next one only, so that no packet meets a port that is being taken out.
 */
async function handOver(host: Host, previous: PortsOf | null, next: PortsOf): Promise<void> {
  const taker = networkOf(host, next);
  const running = previous !== null && (await host.hypervisor.runs(previous.instanceId));
  let giver = running ? networkOf(host, previous) : null;
  const connections = async (): Promise<readonly TrackedFlow[]> => {
    if (giver === null) return [];
    try {
      return await readConnections(giver);
    } catch (error) {
      // One that cannot be reached is often why it is replaced: its connections are lost, and the network is not.
      host.logger.warn({ err: error }, 'the connections of a router could not be read');
      giver = null;
      return [];
    }
  };
  await acceptUnknownWindows(taker);
  const early = settled(await connections());
  const refused = await writeConnections(taker, early);
  await plugPorts(dataPorts(next));
  await takeAddresses(dataPorts(next));
  if (previous !== null && (await portsExist(previous))) await unplugPorts(dataPorts(previous));
  const late = await writeConnections(taker, await connections(), lasting(early));
  if (refused + late > 0)
    host.logger.warn({ connections: refused + late }, 'connections could not be handed over');
}

function dataPorts(ports: PortsOf): PortsOf {
  return { ...ports, nics: ports.nics.filter(nic => nic.network.kind !== 'control') };
}

function networkOf({ hypervisor }: Host, { instanceId }: PortsOf): RunInNetwork {
  return (command, options) => hypervisor.inNetworkOf(instanceId, command, options);
}
