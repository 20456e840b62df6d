import { cidr } from '@isola/model';
import { ensureBridge } from '../links/bridge.ts';
import { ipBatch, linkExists } from '../links/ip-batch.ts';
import { installationId, type Names, namesOf } from '../names.ts';
import { run } from '../process/run.ts';
import { renderHostFirewall } from './firewall.ts';
import { ensureFolders } from './folders.ts';
import { grantIds } from './id-ranges.ts';
import type { AgentOptions, HostPublicNetwork } from './options.ts';
import { claimSysctls } from './sysctls.ts';

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
  await protectHost(options);
  await ensureBridge({ name: names.controlBridge, address: `${controlGateway}/16` });
  await ensureBridge({ name: names.publicBridge, address: ownAddress(options.publicNetwork) });
  if (uplink.kind === 'interface') await enslave(names, uplink.name);
}

/** The host's address on the public bridge, with prefix: where the host is the public network's gateway. */
function ownAddress({ uplink, cidr: block, gateway }: HostPublicNetwork): string | null {
  if (uplink.kind === 'interface' || block === null || gateway === null) return null;
  return `${gateway}/${cidr(block).prefix}`;
}

/** Loads the rules that keep tenants off the host. */
export async function protectHost({ home, publicNetwork }: AgentOptions): Promise<void> {
  const { cidr: publicCidr, uplink } = publicNetwork;
  const text = renderHostFirewall({ names: namesOf(installationId(home)), publicCidr, uplink });
  await run('nft', ['-f', '-'], { input: text });
}

async function enslave(names: Names, uplink: string): Promise<void> {
  if (!(await linkExists(uplink)))
    throw new Error(`there is no interface ${uplink} for the uplink`);
  await ipBatch([
    ['link', 'set', 'dev', uplink, 'master', names.publicBridge],
    ['link', 'set', 'dev', uplink, 'up'],
  ]);
}
