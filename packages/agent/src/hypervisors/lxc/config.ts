import type { Limits } from '@isola/agent-protocol';
import type { ControlGroupVersion } from '../../host/control-groups.ts';
import { idBase, idCount } from './id-map.ts';

export interface ContainerNic {
  /** Link that the container takes over. */
  readonly link: string;
  /** Name inside. */
  readonly device: string;
  /** Address with prefix that it has from the first moment, or `null`. */
  readonly address: string | null;
}

export interface ContainerSettings {
  readonly hostname: string;
  readonly lowerRoot: string;
  readonly delta: string;
  readonly initCommand: string;
  /** Signal that makes its init shut down. */
  readonly haltSignal: string;
  readonly nics: readonly ContainerNic[];
  readonly limits: Limits;
  readonly controlGroups: ControlGroupVersion;
  /** Group of the installation's own for what LXC otherwise does in one that all of the machine share. */
  readonly pivotGroup: string;
}

const tasksPerContainer = 512;
const cpuPeriod = 100_000;

/** Text of an LXC configuration file. Throws on a value that would not stay on its line. */
export function renderContainerConfig(settings: ContainerSettings): string {
  return entriesOf(settings)
    .map(([key, value]) => {
      if (/[\n\r\0]/.test(value)) throw new Error(`line break in the value of ${key}`);
      return `${key} = ${value}\n`;
    })
    .join('');
}

type Entry = readonly [key: string, value: string];

function entriesOf(settings: ContainerSettings): readonly Entry[] {
  return [
    ['lxc.uts.name', settings.hostname],
    ['lxc.rootfs.path', `overlay:${settings.lowerRoot}:${settings.delta}`],
    ['lxc.init.cmd', settings.initCommand],
    ['lxc.signal.halt', settings.haltSignal],
    ['lxc.idmap', `u 0 ${idBase} ${idCount}`],
    ['lxc.idmap', `g 0 ${idBase} ${idCount}`],
    ['lxc.mount.auto', 'proc:mixed sys:ro cgroup:mixed'],
    ['lxc.seccomp.profile', '/usr/share/lxc/config/common.seccomp'],
    ['lxc.pty.max', '256'],
    ['lxc.tty.max', '0'],
    ['lxc.start.auto', '0'],
    ['lxc.cgroup.dir.monitor.pivot', settings.pivotGroup],
    ...settings.nics.flatMap(nicEntries),
    ...limitEntries(settings),
  ];
}

function nicEntries(nic: ContainerNic, index: number): readonly Entry[] {
  const key = `lxc.net.${index}`;
  return [
    [`${key}.type`, 'phys'],
    [`${key}.link`, nic.link],
    [`${key}.name`, nic.device],
    [`${key}.flags`, 'up'],
    ...(nic.address === null ? [] : [[`${key}.ipv4.address`, nic.address] as const]),
  ];
}

function limitEntries({ limits, controlGroups }: ContainerSettings): readonly Entry[] {
  const memory = String(limits.memoryMiB * 1024 * 1024);
  const quota = String(Math.max(1_000, Math.round((limits.cpuPercent * cpuPeriod) / 100)));
  if (controlGroups === 'v1')
    return [
      ['lxc.cgroup.memory.limit_in_bytes', memory],
      ['lxc.cgroup.cpu.cfs_period_us', String(cpuPeriod)],
      ['lxc.cgroup.cpu.cfs_quota_us', quota],
      ['lxc.cgroup.pids.max', String(tasksPerContainer)],
    ];
  return [
    ['lxc.cgroup2.memory.max', memory],
    ['lxc.cgroup2.cpu.max', `${quota} ${cpuPeriod}`],
    ['lxc.cgroup2.pids.max', String(tasksPerContainer)],
  ];
}
