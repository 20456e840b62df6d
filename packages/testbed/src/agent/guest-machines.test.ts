import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec, NicSpec } from '@isola/agent-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../world/exec.ts';
import { guestTemplate } from '../world/templates.ts';
import { guestSpec, type HostWorld, makeHostWorld, vlan } from './host-world.ts';
import { makeTenantNetwork, type TenantNetwork } from './tenant-network.ts';
import { makeTestUnderlay, type TestUnderlay } from './underlay.ts';

const network = { vlan: 130, publicHost: 22 };
let underlay: TestUnderlay;
let one: HostWorld;
let two: HostWorld;
let guest: GuestSpec;
let first: NicSpec;
let tenants: TenantNetwork;

beforeAll(async () => {
  underlay = await makeTestUnderlay('gm', 1500);
  const guestDisk = (await guestTemplate()).path;
  const at = (address: string) =>
    ({ place: { underlay, address }, body: 'KVM', guestDisk }) as const;
  one = await makeHostWorld('gm1', at('192.0.2.1'));
  two = await makeHostWorld('gm2', at('192.0.2.2'));
  const key = await readFile(join(one.files, 'ssh/id_ed25519.pub'), 'utf8');
  guest = { ...guestSpec(network, 7, one.guestTemplate), sshPublicKeys: [key] };
  const [nic] = guest.nics;
  if (nic === undefined) throw new Error('the guest has no NIC');
  first = nic;
  for (const world of [one, two]) await world.agent.call('ensureSegment', vlan(network.vlan));
  tenants = await makeTenantNetwork('gm', network.vlan, { hosts: [one, two], guests: [guest] });
});
afterAll(async () => {
  await tenants.remove();
  await one.remove();
  await two.remove();
  await underlay.remove();
});

const inside = (command: string): Promise<string> => tenants.inside(guest, command);

describe('a guest that is a virtual machine', () => {
  it('boots, has its name, its key and its lease', async () => {
    const started = performance.now();
    await one.agent.call('startGuest', guest);
    await until('the lease', () => tenants.gateway.ping('10.1.1.7'), 120_000);
    process.stderr.write(`guest to lease ${Math.round(performance.now() - started)} ms\n`);
    expect(await inside('hostname')).toBe('guest7\n');
  });

  it('cannot send from another address', async () => {
    const seen = await tenants.gateway.captured('host 10.1.1.99', async () => {
      await inside(
        'ip addr add 10.1.1.99/24 dev eth0; ping -c 2 -W 1 -I 10.1.1.99 10.1.1.1; ip addr del 10.1.1.99/24 dev eth0; true',
      );
    });
    expect(seen).toEqual([]);
  });

  it('gets and loses NICs while it runs', async () => {
    const second: NicSpec = {
      ...first,
      device: 'eth1',
      mac: '02:00:00:00:99:01',
      pinnedAddresses: ['10.1.1.8'],
    };
    const nics = (): Promise<string> => inside('cat /sys/class/net/*/address');
    await one.agent.call('startGuest', { ...guest, nics: [first, second] });
    await until('the NIC', async () => (await nics()).includes(second.mac));
    await one.agent.call('startGuest', { ...guest, nics: [first, second] });
    await one.agent.call('startGuest', guest);
    expect(await nics()).not.toContain(second.mac);
    expect(await one.host.run(['ip', '-o', 'link', 'show', 'type', 'tun'])).toMatch(/^[^\n]+\n$/);
  });

  it('is held to the rate of its NIC', async () => {
    const bytes = 1_000_000;
    const timeOf = async (rate: number | null): Promise<number> => {
      await one.agent.call('stopGuest', guest.id, true);
      await one.agent.call('startGuest', { ...guest, nics: [{ ...first, rate }] });
      await inside('true');
      const started = performance.now();
      await tenants.gateway.run([...tenants.ssh(guest), `head -c ${bytes} /dev/zero`]);
      return performance.now() - started;
    };
    const free = await timeOf(null);
    const held = await timeOf(1_000_000);
    process.stderr.write(`1 MB: ${Math.round(free)} ms, at 1 Mbit/s ${Math.round(held)} ms\n`);
    expect(held).toBeGreaterThan(6_000);
    expect(free).toBeLessThan(held / 2);
  });

  it('moves to another host without losing a connection', async () => {
    await one.agent.call('startGuest', guest);
    const [file = '', ...rest] = tenants.ssh(guest);
    const loop = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done';
    const talk = spawn('ip', ['netns', 'exec', 'ag-gm-gw', file, ...rest, loop], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const heard: { readonly line: number; readonly at: number }[] = [];
    talk.stdout.on('data', (data: Buffer) => {
      for (const line of data.toString().split('\n'))
        if (line !== '') heard.push({ line: Number(line), at: performance.now() });
    });
    await until('the guest to talk', () => Promise.resolve(heard.length > 5));
    await inside('echo kept > /root/mark; sync');
    const target = await two.agent.call('prepareIncoming', guest);
    await one.agent.call('migrateGuest', guest.id, target);
    const moved = heard.length;
    await two.agent.call('startGuest', guest);
    await until('the guest to go on', () => Promise.resolve(heard.length > moved + 20));
    talk.kill();
    expect(heard.map(({ line }) => line)).toEqual(heard.map((_, index) => index + 1));
    const gaps = heard.slice(1).map(({ at }, index) => at - (heard[index]?.at ?? at));
    process.stderr.write(`longest silence ${Math.round(Math.max(...gaps))} ms\n`);
    expect(await inside('cat /root/mark')).toBe('kept\n');
  });

  it('shuts down when it is asked to, and keeps what it wrote', async () => {
    const started = performance.now();
    await two.agent.call('stopGuest', guest.id, false);
    process.stderr.write(`shut down in ${Math.round(performance.now() - started)} ms\n`);
    const log = await readFile(join(two.libvirtd?.logs ?? '', `${guest.name}.log`), 'utf8');
    expect(log).not.toContain('reason=destroyed');
    await two.agent.call('startGuest', guest);
    expect(await inside('cat /root/mark')).toBe('kept\n');
    await two.agent.call('destroyGuest', guest.id);
  });
});
