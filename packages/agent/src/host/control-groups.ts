import { readdir, readFile } from 'node:fs/promises';
import { run } from '../process/run.ts';

/** Where the control groups' hierarchies are. */
export const mountPoint = '/sys/fs/cgroup';

/** Which interface files set limits: `v1` where the memory controller is on a hierarchy of its own. */
export type ControlGroupVersion = 'v1' | 'v2';

/** Reads the layout from a `/proc/<pid>/cgroup` text: one line per hierarchy, `ID:controllers:path`. */
export function controlGroupVersion(procCgroup: string): ControlGroupVersion {
  const separate = procCgroup
    .split('\n')
    .some(line => line.split(':')[1]?.split(',').includes('memory'));
  return separate ? 'v1' : 'v2';
}

export async function detectControlGroups(): Promise<ControlGroupVersion> {
  return controlGroupVersion(await readFile('/proc/self/cgroup', 'utf8'));
}

/** Folders of the hierarchies of a `/proc/<pid>/cgroup` text, as mounted under `/sys/fs/cgroup`. */
export function controlGroupRoots(procCgroup: string): readonly string[] {
  const lines = procCgroup.split('\n').filter(line => line !== '');
  if (lines.length === 1) return [mountPoint];
  return lines.map(line => {
    const controllers = line.split(':')[1] ?? '';
    return `${mountPoint}/${controllers === '' ? 'unified' : controllers.replace(/^name=/, '')}`;
  });
}

/**
 * Words to put in front of a command so that it sees the machine's control groups: none where it does already.
 * `ip netns exec` mounts a fresh `/sys` and leaves `/sys/fs/cgroup` empty; there, they are mounted again in a
 * mount namespace of the command's own, and so is what LXC reads of AppArmor, without which it starts nothing.
 */
export async function controlGroupView(): Promise<readonly string[]> {
  const entries = await readdir(mountPoint).catch(() => []);
  if (entries.length > 0) return [];
  const mounts = controlGroupMounts(await readFile('/proc/self/cgroup', 'utf8'));
  const shell = ['/bin/sh', '-e', '-c', mountScript, 'isola-control-groups', mounts];
  return ['unshare', '--mount', '--propagation', 'private', '--', ...shell];
}

/** Lines of an fstab that mounts the hierarchies of a `/proc/<pid>/cgroup` text. */
export function controlGroupMounts(procCgroup: string): string {
  const roots = controlGroupRoots(procCgroup);
  const lines = procCgroup.split('\n').filter(line => line !== '');
  return lines
    .map((line, index) => {
      const controllers = line.split(':')[1] ?? '';
      const where = roots[index] ?? mountPoint;
      if (controllers === '') return `cgroup2 ${where} cgroup2 defaults 0 0\n`;
      const options = controllers.startsWith('name=') ? `none,${controllers}` : controllers;
      return `cgroup ${where} cgroup ${options} 0 0\n`;
    })
    .join('');
}

/** `run` in `controlGroupView`. */
export async function runInControlGroupView(
  command: string,
  args: readonly string[],
): Promise<string> {
  const [launcher, ...launcherArgs] = await controlGroupView();
  if (launcher === undefined) return run(command, args);
  return run(launcher, [...launcherArgs, command, ...args]);
}

/** Constant text: the fstab is its first argument, the command to run the others. Few processes: every start waits for it. */
const mountScript = `
case $1 in
  "cgroup2 ${mountPoint} "*) mount -t cgroup2 cgroup2 ${mountPoint} ;;
  *)
    mount -t tmpfs -o mode=755 cgroups ${mountPoint}
    printf %s "$1" > ${mountPoint}/fstab
    mkdir $(while read -r type where rest; do echo "$where"; done < ${mountPoint}/fstab)
    mount --all --fstab ${mountPoint}/fstab
    rm ${mountPoint}/fstab
    ;;
esac
[ ! -d /sys/kernel/security ] || mount -t securityfs securityfs /sys/kernel/security
shift
exec "$@"
`;
