import { readFile } from 'node:fs/promises';
import { controlGroupRoots, runInControlGroupView } from '../../host/control-groups.ts';

/** Removes control groups that LXC leaves behind when a start fails or its monitor is killed. */
export async function removeControlGroups(container: string): Promise<void> {
  const roots = controlGroupRoots(await readFile('/proc/self/cgroup', 'utf8'));
  const remains = roots.flatMap(root => [
    `${root}/lxc.payload.${container}`,
    `${root}/lxc.monitor.${container}`,
    // Where a monitor waits while its own group is removed; LXC never removes it.
    `${root}/lxc.pivot`,
  ]);
  // Most do not exist, and those of a container that still runs refuse; both are fine.
  await runInControlGroupView('find', [...remains, '-type', 'd', '-delete']).catch(() => undefined);
}
