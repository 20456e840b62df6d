import { IsolaError } from '@isola/model';
import type { Names } from '../names.ts';
import { run } from '../process/run.ts';
import { ensureBridge } from './bridge.ts';
import { linkExists, listLinks, removeLinks } from './ip-batch.ts';

/** The bridge of a guest network's tag. On one machine without a guest uplink the tag is the bridge's identity. */
export async function ensureSegment(names: Names, vlan: number): Promise<void> {
  await ensureBridge({ name: names.segment(vlan), address: null });
}

/** Throws `in_use` while ports are attached. */
export async function removeSegment(names: Names, vlan: number): Promise<void> {
  const bridge = names.segment(vlan);
  if (!(await linkExists(bridge))) return;
  const ports = await portsOf(bridge);
  if (ports.length > 0)
    throw new IsolaError('in_use', {
      reason: `Segment ${vlan} still has ports: ${ports.join(', ')}`,
    });
  await removeLinks([bridge]);
}

/** Tags that have a bridge. */
export async function listSegments(names: Names): Promise<readonly number[]> {
  const vlans = (await listLinks()).map(link => names.vlanOf(link));
  return vlans.filter(vlan => vlan !== null).toSorted((a, b) => a - b);
}

async function portsOf(bridge: string): Promise<readonly string[]> {
  const lines = await run('ip', ['-oneline', '-brief', 'link', 'show', 'master', bridge]);
  return lines
    .split('\n')
    .map(line => line.split(/[\s@]/)[0] ?? '')
    .filter(name => name !== '');
}
