import { describe, expect, it } from 'vitest';
import { controlGroupMounts, controlGroupRoots, controlGroupVersion } from './control-groups.ts';

const unified = '0::/user.slice/session-1.scope\n';
const hybrid = '9:name=systemd:/\n4:memory:/a\n2:cpu,cpuacct:/\n0::/\n';

describe('the layout of control groups', () => {
  it('decides which limits are set', () => {
    expect(controlGroupVersion(unified)).toBe('v2');
    expect(controlGroupVersion(hybrid)).toBe('v1');
    expect(controlGroupVersion('1:name=systemd:/\n0::/\n')).toBe('v2');
  });

  it('decides what is mounted', () => {
    expect(controlGroupMounts(unified)).toBe('cgroup2 /sys/fs/cgroup cgroup2 defaults 0 0\n');
    expect(controlGroupMounts(hybrid)).toBe(
      [
        'cgroup /sys/fs/cgroup/systemd cgroup none,name=systemd 0 0\n',
        'cgroup /sys/fs/cgroup/memory cgroup memory 0 0\n',
        'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup cpu,cpuacct 0 0\n',
        'cgroup2 /sys/fs/cgroup/unified cgroup2 defaults 0 0\n',
      ].join(''),
    );
  });

  it('decides where groups are', () => {
    expect(controlGroupRoots(unified)).toEqual(['/sys/fs/cgroup']);
    expect(controlGroupRoots(hybrid)).toEqual([
      '/sys/fs/cgroup/systemd',
      '/sys/fs/cgroup/memory',
      '/sys/fs/cgroup/cpu,cpuacct',
      '/sys/fs/cgroup/unified',
    ]);
  });
});
