import { describe, expect, it } from 'vitest';
import { type DomainSettings, renderDomain, renderNic } from './domain.ts';

const settings: DomainSettings = {
  name: 'i-2-7-VM',
  uuid: '00000000-0000-4000-8000-000000000007',
  accelerated: false,
  limits: { memoryMiB: 256, cpuPercent: 150 },
  limitsCpu: true,
  kernel: null,
  disks: [
    {
      target: 'vda',
      file: '/srv/disk.qcow2',
      format: 'qcow2',
      backing: { file: '/srv/template', format: 'raw', backing: null },
      readOnly: false,
      shared: false,
    },
  ],
  nics: [{ port: 'iabcdefv0000001', mac: '02:00:00:00:00:07', mtu: 1450 }],
  channels: [{ name: 'org.qemu.guest_agent.0', socket: null }],
  consoleLog: '/srv/console.log',
  generationId: '00000000-0000-4000-8000-000000000008',
  onReboot: 'restart',
  qemuArguments: [],
};

describe('renderDomain', () => {
  it('gives the whole processors that the share needs, and takes back what is too much', () => {
    expect(renderDomain(settings)).toContain(
      '<vcpu>2</vcpu><cputune><shares>1536</shares><period>100000</period><quota>75000</quota></cputune>',
    );
    expect(renderDomain({ ...settings, limitsCpu: false })).not.toContain('cputune');
  });

  it('names the whole chain of a disk', () => {
    expect(renderDomain(settings)).toContain(
      '<source file="/srv/disk.qcow2"/><backingStore type="file"><format type="raw"/><source file="/srv/template"/><backingStore/></backingStore>',
    );
  });

  it('keeps the cache of an emulator small', () => {
    expect(renderDomain(settings)).toMatch(/^<domain type="qemu">.*<tb-cache unit="MiB">64</);
    expect(renderDomain({ ...settings, accelerated: true })).toMatch(/^<domain type="kvm">/);
    expect(renderDomain({ ...settings, accelerated: true })).not.toContain('<tcg>');
  });

  it('starts a kernel with the command line as it is', () => {
    const kernel = { file: '/srv/vmlinuz', initrd: null, commandLine: 'a="<b>" c' };
    const text = renderDomain({ ...settings, kernel, qemuArguments: ['-device', 'x,y="z"'] });
    expect(text).toContain('<kernel>/srv/vmlinuz</kernel><cmdline>a=&quot;&lt;b&gt;&quot; c<');
    expect(text).toContain('<qemu:arg value="x,y=&quot;z&quot;"/>');
    expect(text).not.toContain('<boot ');
  });

  it('has the NICs that are plugged in later', () => {
    const [nic] = settings.nics;
    expect(nic && renderDomain(settings).includes(renderNic(nic))).toBe(true);
  });
});
