import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { query, rowCounts } from '../world/rows.ts';
import { snapshot } from '../world/snapshot.ts';
import { makeWorld, type World } from '../world/world.ts';

/** The operations whose every step is killed, each from a known state, with the world it must end in. */
describe('kill -9 of the server at every step', () => {
  let world: World;
  let tenant: Api;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp('/tmp/isola-faults-');
    world = await makeWorld('cr');
    tenant = await world.tenant('heidi');
    await world.admin.call('updateConfiguration', { name: 'network.gc.interval', value: '1' });
    await world.admin.call('updateConfiguration', { name: 'network.gc.wait', value: '1' });
  });

  afterAll(async () => {
    await world?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a whole life once and gives the fault points it passes, in order, without repetition. */
  async function enumerate(): Promise<string[]> {
    const log = join(folder, 'points');
    await world.isola.stop();
    const passed = async (): Promise<Set<string>> =>
      new Set((await readFile(log, 'utf8')).split('\n').filter(point => point !== ''));
    await world.isola.up({ ISOLA_FAULT_LOG: log });
    // A server that dies at a step of its start is never ready.
    const starting = await passed();
    await life('count');
    return [...(await passed())].filter(point => !starting.has(point));
  }

  /** Answers that a dying server swallows are repeated, as an operator would: the operation is completed or was undone. */
  async function persist(what: string, action: () => Promise<unknown>): Promise<void> {
    await until(
      what,
      async () => {
        try {
          await action();
          return true;
        } catch {
          return false;
        }
      },
      60_000,
    );
  }

  /** Create, deploy, restart with cleanup, destroy, shut down (collected), delete. */
  async function life(label: string): Promise<void> {
    const name = `life-${label}`.slice(0, 40);
    const findNetwork = async (): Promise<Answer | undefined> =>
      (await tenant.list('listNetworks', { keyword: name }))[0];
    const findInstance = async (): Promise<Answer | undefined> =>
      (await tenant.list('listVirtualMachines', { keyword: name }))[0];
    await persist(
      'createNetwork',
      async () => (await findNetwork()) ?? (await world.network(tenant, name)),
    );
    const network = (await findNetwork()) ?? {};
    await persist('deploy', async () => {
      const found = await findInstance();
      if (found?.['state'] === 'Running') return;
      if (found !== undefined && found['state'] === 'Starting') throw new Error('still starting');
      if (found !== undefined)
        await world.admin.job('destroyVirtualMachine', { id: found['id'], expunge: true });
      await world.deploy(tenant, name, network['id']);
    });
    const instance = (await findInstance()) ?? {};
    await persist('lease', () => world.guest(instance));
    await persist('restartNetwork', () =>
      tenant.job('restartNetwork', { id: network['id'], cleanup: true }),
    );
    await persist('destroy', async () => {
      if ((await findInstance()) !== undefined)
        await world.admin.job('destroyVirtualMachine', { id: instance['id'], expunge: true });
    });
    await until(
      'the idle network to be collected',
      async () => (await findNetwork().catch(() => undefined))?.['state'] === 'Allocated',
      60_000,
    );
    await persist('deleteNetwork', async () => {
      if ((await findNetwork()) !== undefined)
        await tenant.job('deleteNetwork', { id: network['id'] });
    });
  }

  it('completes or undoes the operation and leaks nothing', { timeout: 1_500_000 }, async () => {
    const points = await enumerate();
    expect(points.length).toBeGreaterThan(15);
    for (const operation of [
      'network.implement',
      'network.shutdown',
      'network.replace',
      'instance.start',
      'instance.destroy',
    ]) {
      expect(
        points.some(point => point.startsWith(operation)),
        `fault points of ${operation} in ${points.join(' ')}`,
      ).toBe(true);
    }
    await world.isola.stop();
    await world.isola.up();
    const cleanRows = await rowCounts(world.isola.home);
    const cleanHost = await snapshot(world.mark, world.host.name);
    for (const point of points) {
      await world.isola.stop();
      // The supervisor starts the killed server again without the fault: it acts once a supervisor's life.
      await world.isola.up({ ISOLA_FAULT: point });
      await life(point.replaceAll('.', '-'));
      await until(
        `rows to be clean after ${point}`,
        async () => JSON.stringify(await rowCounts(world.isola.home)) === JSON.stringify(cleanRows),
        20_000,
      ).catch(() => undefined);
      expect(await rowCounts(world.isola.home), point).toEqual(cleanRows);
      const host = await snapshot(world.mark, world.host.name);
      expect({ links: host.links, controlGroups: host.controlGroups }, point).toEqual({
        links: cleanHost.links,
        controlGroups: cleanHost.controlGroups,
      });
      expect(
        await query(world.isola.home, 'select count(*) from jobs where status = 0'),
        point,
      ).toEqual(['0']);
    }
  });
});
