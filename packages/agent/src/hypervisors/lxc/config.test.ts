import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContainerSettings, renderContainerConfig } from './config.ts';

const settings: ContainerSettings = {
  hostname: 'web',
  lowerRoot: '/images/a/rootfs',
  delta: '/home/containers/x/delta',
  initCommand: '/sbin/init',
  haltSignal: 'SIGUSR2',
  nics: [{ link: 'i1', device: 'eth0', address: null }],
  limits: { memoryMiB: 64, cpuPercent: 50 },
  controlGroups: 'v2',
  pivotGroup: 'isola-abcdef',
};

describe('renderContainerConfig', () => {
  it('limits with the keys of the control groups there are', () => {
    const v2 = renderContainerConfig(settings);
    expect(v2).toContain('lxc.cgroup2.memory.max = 67108864\n');
    expect(v2).toContain('lxc.cgroup2.cpu.max = 50000 100000\n');
    const v1 = renderContainerConfig({ ...settings, controlGroups: 'v1' });
    expect(v1).toContain('lxc.cgroup.memory.limit_in_bytes = 67108864\n');
    expect(v1).not.toContain('cgroup2');
  });

  it('never lets a value begin a line of its own', () => {
    fc.assert(
      fc.property(fc.string(), hostname => {
        if (/[\n\r\0]/.test(hostname))
          expect(() => renderContainerConfig({ ...settings, hostname })).toThrow();
        else
          expect(renderContainerConfig({ ...settings, hostname }).split('\n').length).toBe(
            renderContainerConfig(settings).split('\n').length,
          );
      }),
    );
  });
});
