import { readFile } from 'node:fs/promises';
import { controlGroupRoots, controlGroupView } from '../../host/control-groups.ts';
import { run } from '../../process/run.ts';

/** Removes control groups that LXC leaves behind when a start fails or its monitor is killed. */
export async function removeControlGroups(container: string): Promise<void> {
  const roots = controlGroupRoots(await readFile('/proc/self/cgroup', 'utf8'));
  const remains = roots.flatMap(root => [
    `${root}/lxc.payload.${container}`,
    `${root}/lxc.monitor.${container}`,
  ]);
  const [command = 'find', ...args] = [...(await controlGroupView()), 'find', ...remains];
  // Most do not exist, and those of a container that still runs refuse; both are fine.
  await run(command, [...args, '-type', 'd', '-delete']).catch(() => undefined);
}
