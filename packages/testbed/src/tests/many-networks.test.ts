import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Api, ApiError } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { makeWorld, type World } from '../world/world.ts';

const networks = 50;
/** More tags than networks, fewer addresses: the pool runs dry midway. */
const addresses = 40;

describe('50 networks at once', () => {
  let world: World;
  let tenant: Api;

  beforeAll(async () => {
    world = await makeWorld('mn', {
      lastPublicAddress: `203.0.113.${10 + addresses - 1}`,
      vlans: [100, 199],
    });
    tenant = await world.tenant('frank');
  });

  afterAll(async () => {
    await world?.remove();
  });

  it('get a tag, address and name each, or a clean error', async () => {
    const created = await Promise.all(
      Array.from({ length: networks }, (_, index) =>
        world.network(tenant, `net-${index}`, {
          gateway: `10.${index}.0.1`,
          netmask: '255.255.255.0',
        }),
      ),
    );
    const outcomes = await Promise.all(
      created.map(async (network, index): Promise<Answer | ApiError> => {
        try {
          return await world.deploy(tenant, `vm-${index}`, network['id']);
        } catch (error) {
          if (error instanceof ApiError) return error;
          throw error;
        }
      }),
    );
    const failed = outcomes.filter(outcome => outcome instanceof ApiError);
    expect(outcomes.length - failed.length).toBe(addresses);
    for (const error of failed)
      expect(error).toMatchObject({
        status: 533,
        text: expect.stringMatching(/insufficient|capacity/i),
      });

    const implemented = await world.admin.list('listNetworks', { listall: true, pagesize: 500 });
    const running = implemented.filter(network => network['state'] === 'Implemented');
    expect(running.length).toBe(addresses);
    const routers = await world.admin.list('listRouters', { listall: true, pagesize: 500 });
    const distinct = (values: unknown[]): void => expect(new Set(values).size).toBe(values.length);
    expect(routers.length).toBe(addresses);
    distinct(running.map(network => network['vlan']));
    distinct(routers.map(router => router['publicip']));
    distinct(routers.map(router => router['linklocalip']));
    distinct(routers.map(router => router['name']));
    distinct(routers.flatMap(router => (router['nic'] as Answer[]).map(nic => nic['macaddress'])));
    // Nothing of the failed ones is left but what CloudStack leaves: the network, allocated, and the instance in error.
    const rest = implemented.filter(network => network['state'] !== 'Implemented');
    for (const network of rest) expect(network).toMatchObject({ state: 'Allocated' });
    for (const network of rest) expect(network['vlan'] ?? null).toBeNull();
  });

  it('leave nothing when they are deleted', async () => {
    const instances = await tenant.list('listVirtualMachines', { pagesize: 500 });
    await Promise.all(
      instances.map(instance =>
        world.admin.job('destroyVirtualMachine', { id: instance['id'], expunge: true }, 120_000),
      ),
    );
    const all = await tenant.list('listNetworks', { pagesize: 500 });
    await Promise.all(
      all.map(network => tenant.job('deleteNetwork', { id: network['id'] }, 120_000)),
    );
    expect(await world.admin.list('listRouters', { listall: true })).toEqual([]);
    await until(
      'the last link to go',
      async () => !(await world.host.run(['ip', '-br', 'link'])).match(/i[0-9a-f]{6}n\d/),
      10_000,
    );
    const free = await world.admin.list('listPublicIpAddresses', {
      allocatedonly: false,
      state: 'Free',
      pagesize: 500,
      listall: true,
    });
    expect(free.length).toBe(addresses);
  });
});
