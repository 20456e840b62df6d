import type { SegmentRef, SegmentSpec } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { Names } from '../names.ts';
import { run } from '../process/run.ts';
import { ensureBridge } from './bridge.ts';
import { linkExists, listLinks, removeLinks } from './ip-batch.ts';

/** The bridge of a guest network's tag. On one machine without a guest uplink the tag is the bridge's identity. */
export async function ensureSegment(names: Names, segment: SegmentSpec): Promise<void> {
  await ensureBridge({ name: names.segment(segment), address: null });
}

/** Throws `in_use` while ports are attached. */
export async function removeSegment(names: Names, segment: SegmentRef): Promise<void> {
  const bridge = names.segment(segment);
  if (!(await linkExists(bridge))) return;
  const ports = await portsOf(bridge);
  if (ports.length > 0)
    throw new IsolaError('in_use', {
      reason: `Segment ${segment.isolation} ${segment.id} still has ports: ${ports.join(', ')}`,
    });
  await removeLinks([bridge]);
}

/** Segments that have a bridge. */
export async function listSegments(names: Names): Promise<readonly SegmentRef[]> {
  const segments = (await listLinks()).map(link => names.segmentOf(link));
  return segments.filter(segment => segment !== null).toSorted((a, b) => a.id - b.id);
}

async function portsOf(bridge: string): Promise<readonly string[]> {
  const lines = await run('ip', ['-oneline', '-brief', 'link', 'show', 'master', bridge]);
  return lines
    .split('\n')
    .map(line => line.split(/[\s@]/)[0] ?? '')
    .filter(name => name !== '');
}
