import type { NicSpec } from '@isola/agent-protocol';
import type { Names } from '../names.ts';
import { run } from '../process/run.ts';
import { tearDown } from '../process/teardown.ts';
import { type IpCommand, ipBatch, linkExists, removeLinks } from './ip-batch.ts';
import {
  needsFilter,
  type PortFilter,
  renderPortFilter,
  renderPortFilterRemoval,
} from './pinning.ts';

/** The cables of one instance's NICs. */
export interface PortsOf {
  readonly names: Names;
  readonly instanceId: string;
  readonly nics: readonly NicSpec[];
}

/** The bridge of a network. */
export function bridgeOf(names: Names, network: NicSpec['network']): string {
  if (network.kind === 'guest') return names.segment(network.segment);
  return network.kind === 'control' ? names.controlBridge : names.publicBridge;
}

/** How an instance holds its end of a cable: as a link in its own network, or as the open file of a tap device. */
export type CableKind = 'veth' | 'tap';

/**
 * Makes the cables afresh, filters and limits them, and only then plugs the host's ends in. The inner ends wait in
 * this namespace for the hypervisor to take them. NICs for which `plugged` is false stay out of their bridge.
 */
export async function makePorts(
  ports: PortsOf,
  { kind, plugged }: { kind: CableKind; plugged: (nic: NicSpec) => boolean },
): Promise<void> {
  const { names, instanceId, nics } = ports;
  await removeLinks(nics.map(nic => names.cable(instanceId, nic.device).host));
  await ipBatch(nics.flatMap(nic => cableCommands(ports, nic, kind)));
  await filterPorts(ports);
  await limitPorts(ports);
  await plugPorts({ ...ports, nics: nics.filter(plugged) });
}

/** Makes those of the cables that do not exist; they are plugged in nowhere. */
export async function makeMissingPorts(ports: PortsOf, kind: CableKind): Promise<void> {
  const { names, instanceId, nics } = ports;
  for (const nic of nics) {
    if (await linkExists(names.cable(instanceId, nic.device).host)) continue;
    await ipBatch(cableCommands(ports, nic, kind));
  }
}

/** (Re)loads the filters of the ports, all in one transaction; a port that needs none has none. */
export async function filterPorts(ports: PortsOf): Promise<void> {
  const filters = ports.nics.map(nic => filterOf(ports, nic));
  const text = filters.map(filter =>
    needsFilter(filter) ? renderPortFilter(filter) : renderPortFilterRemoval(filter.port),
  );
  await run('nft', ['-f', '-'], { input: text.join('') });
}

/** The nftables tables that hold the filters of the ports: `netdev i0a1b2cv0000001`. */
export function filterTables(ports: PortsOf): readonly string[] {
  const filters = ports.nics.map(nic => filterOf(ports, nic)).filter(needsFilter);
  return filters.map(({ port }) => `netdev ${port}`);
}

/** Plugs the host's ends into their bridges; those that are in stay in. */
export async function plugPorts(ports: PortsOf): Promise<void> {
  await ipBatch(ports.nics.flatMap(nic => plugCommands(ports, nic)));
}

/** Removes cables and filters, whatever of them there is. */
export async function removePorts({ names, instanceId, nics }: PortsOf): Promise<void> {
  const cables = nics.map(nic => names.cable(instanceId, nic.device));
  await tearDown([
    {
      name: 'cables',
      run: () => removeLinks(cables.flatMap(cable => [cable.host, cable.inner])),
    },
    {
      name: 'port filters',
      run: () =>
        run('nft', ['-f', '-'], {
          input: cables.map(cable => renderPortFilterRemoval(cable.host)).join(''),
        }),
    },
  ]);
}

/** Whether all cables of the instance exist. */
export async function portsExist({ names, instanceId, nics }: PortsOf): Promise<boolean> {
  const found = await Promise.all(
    nics.map(nic => linkExists(names.cable(instanceId, nic.device).host)),
  );
  return found.every(Boolean);
}

/** Takes the host's ends out of their bridges. */
export async function unplugPorts({ names, instanceId, nics }: PortsOf): Promise<void> {
  await ipBatch(
    nics.map(nic => {
      const { host } = names.cable(instanceId, nic.device);
      return ['link', 'set', 'dev', host, 'nomaster'];
    }),
  );
}

/**
 * Makes the bridges deliver to these ports what is for their MACs, also while another port sends with the same
 * ones. Forgotten when the port leaves its bridge.
 */
export async function takeAddresses({ names, instanceId, nics }: PortsOf): Promise<void> {
  for (const nic of nics) {
    const { host } = names.cable(instanceId, nic.device);
    const entry = [nic.mac, 'dev', host, 'master', 'static', 'sticky'];
    await run('bridge', ['fdb', 'replace', ...entry]);
  }
}

function plugCommands({ names, instanceId }: PortsOf, nic: NicSpec): readonly IpCommand[] {
  const { host } = names.cable(instanceId, nic.device);
  const plug = ['link', 'set', 'dev', host, 'master', bridgeOf(names, nic.network)];
  if (nic.network.kind !== 'control') return [plug];
  // Routers reach the host over the control bridge, never each other.
  return [plug, ['link', 'set', 'dev', host, 'type', 'bridge_slave', 'isolated', 'on']];
}

function cableCommands(
  { names, instanceId }: PortsOf,
  nic: NicSpec,
  kind: CableKind,
): readonly IpCommand[] {
  const { host, inner } = names.cable(instanceId, nic.device);
  const mtu = String(nic.mtu);
  const peer = ['peer', 'name', inner, 'address', nic.mac, 'mtu', mtu];
  const made: readonly IpCommand[] =
    kind === 'veth'
      ? [['link', 'add', 'name', host, 'mtu', mtu, 'type', 'veth', ...peer]]
      : [
          ['tuntap', 'add', 'dev', host, 'mode', 'tap', 'vnet_hdr'],
          ['link', 'set', 'dev', host, 'mtu', mtu],
        ];
  return [
    ...made,
    ['link', 'set', 'dev', host, 'addrgenmode', 'none'],
    ['link', 'set', 'dev', host, 'up'],
  ];
}

function filterOf({ names, instanceId }: PortsOf, nic: NicSpec): PortFilter {
  return {
    port: names.cable(instanceId, nic.device).host,
    mac: nic.mac,
    addresses: nic.pinnedAddresses,
    rate: nic.rate,
  };
}

/** What the instance may receive: a token bucket at the host's end. What it sends is limited by its filter. */
export async function limitPorts({ names, instanceId, nics }: PortsOf): Promise<void> {
  for (const nic of nics) {
    if (nic.rate === null) continue;
    const { host } = names.cable(instanceId, nic.device);
    const burst = Math.max(65_536, Math.floor(nic.rate / 8 / 100));
    const bucket = ['tbf', 'rate', `${nic.rate}bit`, 'burst', `${burst}b`, 'latency', '50ms'];
    await run('tc', ['qdisc', 'replace', 'dev', host, 'root', ...bucket]);
  }
}
