import { writeFile } from 'node:fs/promises';
import { macFor } from '../names.ts';
import { type IpCommand, ipBatch, linkExists } from './ip-batch.ts';

export interface BridgeSettings {
  readonly name: string;
  /** The host's own address on it, with prefix; `null` when the host has no business there. */
  readonly address: string | null;
  /** Bytes. */
  readonly mtu: number;
}

/** Makes the bridge, or puts an existing one right. */
export async function ensureBridge({ name, address, mtu }: BridgeSettings): Promise<void> {
  const made = !(await linkExists(name));
  if (made) {
    // A bridge takes the smallest MTU of its ports, one tenant's for all, unless its own was changed once.
    const other = String(mtu - 1);
    await ipBatch([
      ['link', 'add', 'name', name, 'address', macFor(name), 'mtu', other, ...bridgeOptions],
      ['link', 'set', 'dev', name, 'addrgenmode', 'none'],
    ]);
  }
  await quieten(name, address === null ? 'never' : 'own address');
  const commands: IpCommand[] = [['link', 'set', 'dev', name, 'mtu', String(mtu)]];
  if (address !== null) commands.push(['address', 'replace', address, 'dev', name]);
  commands.push(['link', 'set', 'dev', name, 'up']);
  await ipBatch(commands);
}

const bridgeOptions = 'type bridge stp_state 0 forward_delay 0 mcast_snooping 0'.split(' ');

/** Values of `arp_ignore`: the host must not answer a tenant's ARP with addresses of its other links. */
const arpIgnore = { 'own address': '1', never: '8' } as const;

/** Keeps the host's own network stack from speaking on a link. */
export async function quieten(name: string, answers: keyof typeof arpIgnore): Promise<void> {
  await writeFile(`/proc/sys/net/ipv4/conf/${name}/arp_ignore`, arpIgnore[answers]);
  try {
    await writeFile(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1');
  } catch (error) {
    if (!isMissing(error)) throw error; // a kernel without IPv6
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
