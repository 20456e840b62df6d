import { setTimeout as delay } from 'node:timers/promises';
import { mountPoint, runInControlGroupView } from '../../host/control-groups.ts';

/** Control groups of a container that LXC leaves behind when a start fails or its monitor is killed. */
export async function removeControlGroups(container: string): Promise<void> {
  // LXC adds -1, -2 where a group of that name is still there.
  await sweep([`lxc.payload.${container}*`, `lxc.monitor.${container}*`]);
}

const tries = 30;
const pauseMs = 100;

/** Removes the groups once LXC's monitors, which end a moment after their containers, have left them. */
export async function awaitControlGroupsGone(patterns: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const left = await sweep(patterns);
    if (left.length === 0) return;
    if (attempt === tries) throw new Error(`still in use: ${left.join(' ')}`);
    await delay(pauseMs);
  }
}

/** Removes the groups of these names in all hierarchies. Gives those that refuse: a process is in them. */
async function sweep(patterns: readonly string[]): Promise<readonly string[]> {
  const left = await runInControlGroupView('sh', ['-c', sweepScript, 'sweep', ...patterns]);
  return left.split('\n').filter(line => line !== '');
}

/**
 * Constant text, its arguments are patterns of names. Groups of monitors that end go while they are looked at: only
 * what is there afterwards counts, not what was said on the way.
 */
const sweepScript = `
for pattern; do
  for group in ${mountPoint}/$pattern ${mountPoint}/*/$pattern; do
    test ! -d "$group" || find "$group" -type d -delete 2>/dev/null || test ! -d "$group" || echo "$group"
  done
done`;
