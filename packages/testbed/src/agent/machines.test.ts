import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installationId } from '@isola/agent';
import type { GuestSpec } from '@isola/agent-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, until } from '../world/exec.ts';
import { guestSpec, type HostWorld, makeHostWorld, vlan } from './host-world.ts';

const network = { vlan: 110, publicHost: 20 };
let world: HostWorld;
let guest: GuestSpec;

const virsh = (...words: string[]): Promise<string> =>
  run(['virsh', '--quiet', '--connect', world.options.kvm.libvirtUri, ...words]);

async function runs(): Promise<boolean> {
  return (await world.agent.call('inventory')).guests.some(
    ({ id, running }) => id === guest.id && running,
  );
}

const stopped = (): Promise<unknown> =>
  world.agent.event(
    'the end of the guest',
    event => event.kind === 'instance-stopped' && event.id === guest.id,
  );

beforeAll(async () => {
  world = await makeHostWorld('kvm', { body: 'KVM' });
  guest = guestSpec(network, 7, world.guestTemplate);
  await world.agent.call('ensureSegment', vlan(network.vlan));
});
afterAll(() => world.remove());

describe('a virtual machine', () => {
  it('runs with its limits, its port and its console', async () => {
    const facts = await world.agent.call('facts');
    expect(facts).toMatchObject({ hypervisor: 'KVM', accelerated: false, images: null });
    expect(facts.hypervisorVersion).toMatch(/^libvirt \d.*, QEMU \d/);
    await world.agent.call('startGuest', guest);
    expect(await runs()).toBe(true);
    expect((await virsh('domuuid', guest.name)).trim()).toBe(guest.id);
    const folder = join(world.files, `machines/i${installationId(world.options.home)}-${guest.id}`);
    await until('the console', async () =>
      (await readFile(join(folder, 'console.log'), 'utf8').catch(() => '')).includes('SeaBIOS'),
    );
    const log = await readFile(join(world.libvirtd?.logs ?? '', `${guest.name}.log`), 'utf8');
    expect(log).toContain('tb-size=64');
    const rules = await world.host.run(['nft', 'list', 'tables', 'netdev']);
    expect(rules.trim().split('\n')).toHaveLength(1);
  });

  it('goes on while the agent is away, and is taken over', async () => {
    const before = await virsh('domid', guest.id);
    await world.restartAgent();
    await world.agent.call('startGuest', guest);
    expect(await virsh('domid', guest.id)).toBe(before);
  });

  it('goes on while libvirt is away', async () => {
    const before = await virsh('domid', guest.id);
    await world.libvirtd?.kill();
    const pending = world.agent.call('startGuest', guest);
    await world.libvirtd?.start();
    await pending;
    expect(await runs()).toBe(true);
    expect(await virsh('domid', guest.id)).toBe(before);
    expect(world.agent.events).toEqual([]);
  });

  it('is missed when somebody destroys it, and comes back', async () => {
    const started = Date.now();
    await virsh('destroy', guest.id);
    const destroyed = Date.now();
    await stopped();
    process.stderr.write(
      `destroyed in ${destroyed - started}, told after ${Date.now() - destroyed} ms\n`,
    );
    expect(Date.now() - destroyed).toBeLessThan(1_000);
    expect(await runs()).toBe(false);
    await world.agent.call('startGuest', guest);
    expect(await runs()).toBe(true);
  });
});
