import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { allowEgress } from '../world/rules.ts';
import { snapshot } from '../world/snapshot.ts';
import { makeWorld, type World } from '../world/world.ts';

const cli = fileURLToPath(new URL('../../../cli/bin/isola.mjs', import.meta.url));

/** One of two installations on the machine, with everything an installation has; all settings are the same in both. */
interface Side {
  readonly world: World;
  readonly tenant: Api;
  readonly network: Answer;
  readonly guest: Place;
}

describe('two installations side by side', () => {
  let before: string;
  const sides: Side[] = [];

  beforeAll(async () => {
    before = await inotifyInstances();
    for (const name of ['sa', 'sb']) {
      const world = await makeWorld(name);
      const tenant = await world.tenant('alice');
      const network = await world.network(tenant, 'net');
      const instance = await world.deploy(tenant, 'web', network['id']);
      await allowEgress(tenant, network['id']);
      sides.push({ world, tenant, network, guest: await world.guest(instance) });
    }
  });

  afterAll(async () => {
    // Those that a failed test left.
    for (const { world } of sides.splice(0)) await world.remove();
  });

  const side = (index: number): Side => {
    const found = sides[index];
    if (found === undefined) throw new Error(`no installation ${index}`);
    return found;
  };

  it('gives both the same tags and addresses, and each its own internet', async () => {
    const [first, second] = [side(0), side(1)];
    expect(first.network['cidr']).toBe(second.network['cidr']);
    const tags = [first, second].map(({ world, network }) =>
      world.admin.one('listNetworks', { id: network['id'], listall: true }),
    );
    const [a, b] = await Promise.all(tags);
    expect(a?.['vlan']).toBe(b?.['vlan']);
    for (const { world, guest } of sides) {
      const server = await world.internet.outside.serve('tcp-server', 7000);
      expect(await guest.tcp(internet.outside, 7000)).toMatchObject({ ok: true });
      await server.end();
    }
  });

  it('refuses a third in a namespace that has one, and a busy address', async () => {
    const { world } = side(0);
    const home = `${world.isola.home}-third`;
    const up = (listen: string): ReturnType<Place['tryRun']> =>
      world.host.tryRun([process.execPath, cli, 'up', '--home', home, '--listen', listen]);
    const beside = await up('127.0.0.1:8099');
    const busy = await up('127.0.0.1:8080');
    await rm(home, { recursive: true, force: true });
    expect(beside).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another installation'),
    });
    expect(busy).toMatchObject({ code: 1, stderr: expect.stringContaining('ISOLA_LISTEN') });
  });

  it('leaves the second working when the first is purged', async () => {
    const { world, tenant, network, guest } = side(1);
    const own = await snapshot(world.mark, world.host.name);
    await side(0).world.remove();
    sides.shift();
    expect(await snapshot(world.mark, world.host.name)).toEqual(own);
    // The kernel stays as the second needs it, also where the machine has a setting only once.
    expect(Number(await inotifyInstances())).toBe(2 ** 31 - 1);
    const bridged = ['sysctl', '-n', 'net.bridge.bridge-nf-call-iptables'];
    expect(await world.host.run(bridged)).toBe('0\n');
    const server = await world.internet.outside.serve('tcp-server', 7000);
    const late = await world.guest(await world.deploy(tenant, 'late', network['id']));
    expect(await guest.tcp(internet.outside, 7000)).toMatchObject({ ok: true });
    expect(await late.tcp(internet.outside, 7000)).toMatchObject({ ok: true });
    await server.end();
  });

  it('puts the kernel back with the last one', async () => {
    await side(0).world.remove();
    sides.shift();
    expect(await inotifyInstances()).toBe(before);
  });
});

function inotifyInstances(): Promise<string> {
  return readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8');
}
