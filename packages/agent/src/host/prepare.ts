import { cidr } from '@isola/model';
import { readAddresses } from '../links/addresses.ts';
import { ensureBridge } from '../links/bridge.ts';
import { ipBatch } from '../links/ip-batch.ts';
import { readLink } from '../links/link-state.ts';
import { vxlanPeers } from '../links/vxlan.ts';
import { installationId, type Names, namesOf } from '../names.ts';
import { run } from '../process/run.ts';
import { Serial } from '../process/serial.ts';
import { renderHostFirewall } from './firewall.ts';
import { ensureFolders } from './folders.ts';
import { grantIds } from './id-ranges.ts';
import type { AgentOptions, HostPublicNetwork } from './options.ts';
import { claimSysctls } from './sysctls.ts';
import { allowVhost } from './vhost-access.ts';

/** Of the bridges that the host itself speaks on. */
const mtu = 1500;

/** The host's end of every control link. */
export const controlGateway = '169.254.0.1';

/**
 * Makes the host ready: kernel settings, id ranges, the control and public bridges, the uplink, the host's own
 * protection. Repeated, it puts right what differs. What it changes outside its own things is shared with other
 * installations, and remembered for `teardownHost`.
 */
export async function prepareHost(options: AgentOptions): Promise<void> {
  const names = namesOf(installationId(options.home));
  await ensureFolders(options);
  const { uplink } = options.publicNetwork;
  // A new network namespace has its loopback down, and the API listens there.
  await ipBatch([['link', 'set', 'dev', 'lo', 'up']]);
  await claimSysctls(options.home, uplink.kind === 'nat');
  if (options.hypervisor === 'LXC') await grantIds(options.home);
  else await allowVhost(options.home);
  await protectHost(options);
  await ensureBridge({ name: names.controlBridge, address: `${controlGateway}/16`, mtu });
  await nameControlBridge(names.controlBridge);
  const own = ownAddress(options.publicNetwork);
  await ensureBridge({ name: names.publicBridge, address: own, mtu });
  if (uplink.kind === 'interface') await enslave(names, uplink.name);
}

/** The host's address on the public bridge, with prefix: where the host is the public network's gateway. */
function ownAddress({ uplink, cidr: block, gateway }: HostPublicNetwork): string | null {
  if (uplink.kind === 'interface' || block === null || gateway === null) return null;
  return `${gateway}/${cidr(block).prefix}`;
}

/** One at a time: the last to load must have read the peers last. */
const loading = new Serial();

/** Loads the rules that keep tenants off the host, and lets VXLAN packets in from the peers that its segments have now. */
export function protectHost(options: AgentOptions): Promise<void> {
  const { home, publicNetwork, underlay } = options;
  const { cidr: publicCidr, uplink } = publicNetwork;
  const names = namesOf(installationId(home));
  return loading.run(home, async () => {
    const vxlan =
      underlay === null ? null : { address: underlay.address, peers: await vxlanPeers(names) };
    const text = renderHostFirewall({ names, publicCidr, uplink, vxlan });
    await run('nft', ['-f', '-'], { input: text });
  });
}

async function enslave(names: Names, uplink: string): Promise<void> {
  const link = await readLink(uplink);
  if (link === null) throw new Error(`there is no interface ${uplink} for the uplink`);
  if (link.kind === 'bridge')
    throw new Error(
      `the uplink ${uplink} is a bridge, which cannot be a port of another: name an interface of its own, or one end of a cable (ip link add NAME type veth peer name OTHER) whose other end is a port of ${uplink}`,
    );
  // A port of a bridge does not answer at its own addresses.
  const held = (await readAddresses()).find(({ holder }) => holder === uplink);
  if (held !== undefined && link.master !== names.publicBridge)
    throw new Error(
      `the uplink ${uplink} has the address ${held.address}, at which this machine could no longer be reached: give it to another interface, or name another uplink`,
    );
  await ipBatch([
    ['link', 'set', 'dev', uplink, 'master', names.publicBridge],
    ['link', 'set', 'dev', uplink, 'up'],
  ]);
}

/** Gives the bridge the name that operators look for. Of several installations in one namespace the first has it. */
async function nameControlBridge(bridge: string): Promise<void> {
  const taken = await run('ip', ['link', 'show', 'dev', 'cloud0']).then(
    () => true,
    () => false,
  );
  if (!taken) await run('ip', ['link', 'property', 'add', 'dev', bridge, 'altname', 'cloud0']);
}
