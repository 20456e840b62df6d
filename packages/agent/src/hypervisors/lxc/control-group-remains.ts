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
  const names = patterns.flatMap(pattern => ['-o', '-name', pattern]).slice(1);
  // Groups of other containers, and of monitors that end, go while they are looked at.
  const groups = [
    mountPoint,
    '-ignore_readdir_race',
    '-maxdepth',
    '2',
    '-type',
    'd',
    '(',
    ...names,
    ')',
    '-prune',
  ];
  const remove = ['(', '-exec', 'find', '{}', '-type', 'd', '-delete', ';', '-o', '-true', ')'];
  const refused = ['-exec', 'test', '-d', '{}', ';', '-print'];
  const left = await runInControlGroupView('find', [...groups, ...remove, ...refused]);
  return left.split('\n').filter(line => line !== '');
}
