import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
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

/** Too small for a disk: what a full one is. */
const shared = '/var/tmp/isola-shared';

beforeAll(async () => {
  await mkdir(shared);
  await run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'shared', shared]);
  world = await makeHostWorld('kvm', { body: 'KVM', sharedStorage: shared });
  guest = guestSpec(network, 7, world.guestTemplate);
  await world.agent.call('ensureSegment', vlan(network.vlan));
});
afterAll(async () => {
  await world.remove();
  await run(['umount', shared]);
  await rmdir(shared);
});

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

describe('a host with a full disk', () => {
  it('says which folder is full, and keeps nothing half-made', async () => {
    const other = { ...guestSpec(network, 9, world.guestTemplate), highlyAvailable: true };
    await expect(world.agent.call('startGuest', other)).rejects.toThrow(
      `No disk can be made in ${shared}`,
    );
    const { sharedStorage } = await world.agent.call('facts');
    expect(sharedStorage).toMatch(/^[0-9a-f-]{36}$/);
    expect(await readdir(shared)).toEqual(['isola-storage-id']);
    expect((await world.agent.call('inventory')).guests.map(({ id }) => id)).toEqual([guest.id]);
    expect(await virsh('list', '--all', '--uuid')).not.toContain(other.id);
    await run(['mount', '-o', 'remount,size=512m', shared]);
    await world.agent.call('startGuest', other);
    expect(await readdir(shared)).toContain(`${other.id}.qcow2`);
    await world.agent.call('forgetGuest', other.id);
    expect(await readdir(shared)).toContain(`${other.id}.qcow2`);
    await world.agent.call('startGuest', other);
    await world.agent.call('destroyGuest', other.id);
    expect(await readdir(shared)).toEqual(['isola-storage-id']);
  });
});

describe('an agent that is killed', () => {
  const defined = async (): Promise<boolean> =>
    (await virsh('list', '--all', '--uuid')).includes(guest.id);
  const active = async (): Promise<boolean> => (await virsh('list', '--uuid')).includes(guest.id);
  const port = async (): Promise<boolean> =>
    (await world.host.run(['ip', '-o', 'link', 'show', 'type', 'tun'])) !== '';
  const record = async (): Promise<boolean> =>
    (await readdir(join(world.files, 'machines'))).some(name => name.includes(guest.id));
  const moments: readonly [string, () => Promise<boolean>][] = [
    ['its record is written', record],
    ['it is defined', defined],
    ['its port is made', port],
    ['it runs', active],
  ];

  it.each(moments)('while a guest starts, when %s, starts it once', async (_name, reached) => {
    await world.agent.call('destroyGuest', guest.id);
    const cut = world.agent.call('startGuest', guest).catch(() => undefined);
    await until('the moment', reached);
    await world.restartAgent();
    await cut;
    await world.agent.call('startGuest', guest);
    expect(await runs()).toBe(true);
    expect((await virsh('list', '--all', '--uuid')).trim()).toBe(guest.id);
  });

  it('while a guest is destroyed, destroys it when told again', async () => {
    const cut = world.agent.call('destroyGuest', guest.id).catch(() => undefined);
    await until('its end', async () => !(await active()));
    await world.restartAgent();
    await cut;
    await world.agent.call('destroyGuest', guest.id);
    expect((await virsh('list', '--all', '--uuid')).trim()).toBe('');
    expect(await readdir(join(world.files, 'machines'))).toEqual([]);
    expect(await port()).toBe(false);
    expect(await world.host.run(['nft', 'list', 'tables', 'netdev'])).toBe('');
  });
});

describe('a name that another installation has', () => {
  it('is no hindrance', async () => {
    const file = join(world.files, 'other.xml');
    const type = "<os><type arch='x86_64' machine='pc'>hvm</type></os>";
    const size = "<memory unit='MiB'>16</memory>";
    await writeFile(file, `<domain type='qemu'><name>${guest.name}</name>${size}${type}</domain>`);
    await virsh('define', file);
    await world.agent.call('startGuest', guest);
    const name = (await virsh('domname', guest.id)).trim();
    expect(name).toBe(`${guest.name}.${installationId(world.options.home)}`);
    await world.agent.call('destroyGuest', guest.id);
    await virsh('undefine', guest.name);
  });
});
