import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec, MigrationTarget } from '@isola/agent-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, until } from '../world/exec.ts';
import { guestSpec, type HostWorld, makeHostWorld, vlan } from './host-world.ts';
import { makeTestUnderlay, type TestUnderlay, underlayInterface } from './underlay.ts';

const network = { vlan: 120, publicHost: 21 };
let underlay: TestUnderlay;
let one: HostWorld;
let two: HostWorld;
let guest: GuestSpec;

const runsOn = async (world: HostWorld): Promise<boolean> =>
  (await world.agent.call('inventory')).guests.some(
    ({ id, running }) => id === guest.id && running,
  );

const knows = async (world: HostWorld): Promise<boolean> =>
  (await world.agent.call('inventory')).guests.some(({ id }) => id === guest.id);

const virsh = (world: HostWorld, ...words: string[]): Promise<string> =>
  run(['virsh', '--quiet', '--connect', world.options.kvm.libvirtUri, ...words]);

/** Host ends of cables in a host's bridges. */
const ports = async (world: HostWorld): Promise<number> => {
  const links = await world.host.run(['ip', '-o', 'link', 'show', 'type', 'tun']);
  return links.split('\n').filter(line => line !== '').length;
};

beforeAll(async () => {
  underlay = await makeTestUnderlay('mg', 1500);
  one = await makeHostWorld('mg1', { place: { underlay, address: '192.0.2.1' }, body: 'KVM' });
  two = await makeHostWorld('mg2', { place: { underlay, address: '192.0.2.2' }, body: 'KVM' });
  guest = guestSpec(network, 7, one.guestTemplate);
  for (const world of [one, two]) await world.agent.call('ensureSegment', vlan(network.vlan));
  await one.agent.call('startGuest', guest);
});
afterAll(async () => {
  await one.remove();
  await two.remove();
  await underlay.remove();
});

/** Starts tcpdump; gives what ends it. */
async function listen(namespace: string, command: readonly string[]) {
  const child = spawn('ip', ['netns', 'exec', namespace, ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise(resolve => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (data: Buffer) => {
      if (data.toString().includes('listening on')) resolve();
    });
    child.once('exit', () => reject(new Error('tcpdump ended')));
  });
  return {
    end: async () => {
      child.kill('SIGINT');
      await gone;
    },
  };
}

describe('a guest that moves', () => {
  let target: MigrationTarget;

  it('runs on the other host afterwards, and only there', async () => {
    target = await two.agent.call('prepareIncoming', guest);
    expect(target).toMatchObject({ address: '192.0.2.2', copyDisk: true });
    const started = performance.now();
    await one.agent.call('migrateGuest', guest.id, target);
    process.stderr.write(`moved in ${Math.round(performance.now() - started)} ms\n`);
    expect([await knows(one), await runsOn(two)]).toEqual([false, true]);
    expect([await ports(one), await ports(two)]).toEqual([0, 1]);
    await two.agent.call('startGuest', guest);
    expect((await virsh(one, 'list', '--all', '--uuid')).trim()).toBe('');
    expect(one.agent.events).toEqual([]);
  });

  it('can be sent only with the secret of this move', async () => {
    target = await one.agent.call('prepareIncoming', guest);
    const wrong = { ...target, key: target.key.replaceAll(/./g, '0') };
    await expect(two.agent.call('migrateGuest', guest.id, wrong)).rejects.toThrow(
      'resource_unavailable',
    );
    expect([await runsOn(one), await runsOn(two)]).toEqual([false, true]);
  });

  it('comes back, and nothing of it can be read on the way', async () => {
    const file = join(one.files, 'seen.pcap');
    const sniffer = ['tcpdump', '--immediate-mode', '-U', '-i', underlayInterface, '-w', file];
    const dump = await listen(one.namespace, sniffer);
    await two.agent.call('migrateGuest', guest.id, target);
    await dump.end();
    expect([await runsOn(one), await knows(two)]).toEqual([true, false]);
    await one.agent.call('startGuest', guest);
    const seen = await readFile(file, 'latin1');
    // The firmware's name is in its memory, the guest's in its definition.
    expect(seen.length).toBeGreaterThan(100_000);
    expect(seen.includes('SeaBIOS') || seen.includes(guest.name)).toBe(false);
  });

  it.each(['sender', 'receiver'])('ends well when the agent of the %s is killed', async which => {
    target = await two.agent.call('prepareIncoming', guest);
    const cut = one.agent.call('migrateGuest', guest.id, target).catch(() => undefined);
    await until('the move', async () => {
      const job = await virsh(one, 'domjobinfo', guest.id).catch(() => '');
      return !job.includes('None');
    });
    await (which === 'sender' ? one : two).restartAgent();
    await cut;
    for (;;) {
      // What the server does: it looks where the guest is, and sends it again while it is where it was.
      if (!(await runsOn(one))) break;
      target = await two.agent.call('prepareIncoming', guest);
      await one.agent.call('migrateGuest', guest.id, target).catch(() => undefined);
    }
    await until('the guest', () => runsOn(two));
    await one.agent.call('forgetGuest', guest.id);
    await two.agent.call('startGuest', guest);
    expect([await knows(one), await runsOn(two)]).toEqual([false, true]);
    expect([await ports(one), await ports(two)]).toEqual([0, 1]);
    target = await one.agent.call('prepareIncoming', guest);
    await two.agent.call('migrateGuest', guest.id, target);
    await one.agent.call('startGuest', guest);
  });
});
