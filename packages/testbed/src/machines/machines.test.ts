import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../world/exec.ts';
import { Lab } from './lab.ts';
import type { Machine } from './machine.ts';

describe('emulated hosts', () => {
  let lab: Lab;
  let one: Machine;
  let two: Machine;

  beforeAll(async () => {
    lab = await Lab.make(`ma${process.pid}`);
    one = await lab.add('one', 1);
    two = await lab.add('two', 2);
  });

  afterAll(async () => {
    await lab?.remove();
  });

  it('are somebody of their own', async () => {
    const identity = (machine: Machine): Promise<string[]> =>
      Promise.all(
        [
          ['hostname'],
          ['cat', '/etc/machine-id'],
          ['cat', '/etc/ssh/ssh_host_ed25519_key.pub'],
          ['cat', '/proc/sys/kernel/random/uuid'],
        ].map(argv => machine.run(argv)),
      );
    const [first, second] = [await identity(one), await identity(two)];
    expect(first[0]).toBe('one\n');
    for (const [at, value] of first.entries()) expect(value).not.toBe(second[at]);
    const drift = Number(await one.run(['date', '+%s'])) - Date.now() / 1000;
    expect(Math.abs(drift)).toBeLessThan(10);
  });

  it('keep VLANs of the trunk apart, both ways', async () => {
    for (const [machine, number] of [
      [one, 1],
      [two, 2],
    ] as const)
      for (const tag of [100, 200]) {
        const device = `trunk0.${tag}`;
        const vlan = ['link', 'trunk0', 'name', device, 'type', 'vlan', 'id', `${tag}`];
        await machine.run(['ip', 'link', 'add', ...vlan]);
        await machine.run(['ip', 'addr', 'add', `172.16.${tag}.${number}/24`, 'dev', device]);
        await machine.run(['ip', 'link', 'set', device, 'up']);
      }
    for (const [from, to, number] of [
      [one, two, 2],
      [two, one, 1],
    ] as const) {
      const ping = async (tag: number): Promise<boolean> =>
        (await from.tryRun(['ping', '-c', '2', '-W', '2', `172.16.${tag}.${number}`])).code === 0;
      const frames = await lab.capture('trunk', 'vlan 100 and icmp', async () => {
        expect(await ping(100)).toBe(true);
      });
      expect(frames.length).toBeGreaterThanOrEqual(4);
      const strange = await to.capture(
        { device: 'trunk0.100', filter: 'arp or icmp' },
        async () => {
          expect(await ping(200)).toBe(true);
        },
      );
      expect(strange).toEqual([]);
    }
  });

  it('run virtual machines of their own', async () => {
    const log = '/var/log/nested.log';
    const domain = `<domain type='kvm'>
      <name>nested</name><memory unit='MiB'>192</memory><vcpu>1</vcpu>
      <os><type arch='x86_64' machine='pc'>hvm</type>
        <kernel>/vmlinuz</kernel><initrd>/initrd.img</initrd>
        <cmdline>console=ttyS0 break=top</cmdline></os>
      <cpu mode='host-passthrough'/>
      <devices><serial type='file'><source path='${log}'/></serial></devices>
    </domain>`;
    await one.write('/root/nested.xml', domain);
    const virsh = ['virsh', '--connect', 'qemu:///system'];
    await one.run([...virsh, 'create', '/root/nested.xml']);
    await until(
      'the nested kernel to have started',
      async () => (await one.tryRun(['cat', log])).stdout.includes('Run /init'),
      120_000,
    );
    await one.run([...virsh, 'destroy', 'nested']);
  });

  it('come back after a power cut with what was on their disk', async () => {
    await two.write('/root/kept', 'kept\n');
    await two.run(['sync']);
    await two.kill();
    expect((await one.tryRun(['ping', '-c', '1', '-W', '1', '10.200.0.2'])).code).not.toBe(0);
    await two.boot();
    expect(await two.run(['cat', '/root/kept', '/etc/hostname'])).toBe('kept\ntwo\n');
    expect((await one.tryRun(['ping', '-c', '3', '-W', '2', '10.200.0.2'])).code).toBe(0);
  }, 300_000);
});
