import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { acquire, forward, open } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

describe('a machine on which everything stops and starts again', () => {
  let world: World;
  let tenant: Api;
  let address: Answer;
  let web: Answer;
  let off: Answer;

  beforeAll(async () => {
    world = await makeWorld('mc');
    tenant = await world.tenant('ida');
    const network = await world.network(tenant, 'ida-net');
    web = await world.deploy(tenant, 'web', network['id']);
    off = await world.deploy(tenant, 'off', network['id']);
    await tenant.job('stopVirtualMachine', { id: off['id'] });
    address = await acquire(tenant, network['id']);
    await forward(tenant, address, {
      to: web,
      protocol: 'tcp',
      public: [8080, 8080],
      private: [80, 80],
    });
    await open(tenant, address, { protocol: 'tcp', first: 8080 });
  });

  afterAll(async () => {
    await world?.remove();
  });

  const page = ['curl', '-s', '--max-time', '2'];
  const reachable = async (): Promise<boolean> => {
    const argv = [...page, `http://${address['ipaddress']}:8080/`];
    const { code, stdout } = await world.internet.outside.tryRun(argv);
    return code === 0 && stdout.includes('web');
  };

  it('runs what ran, and what was stopped stays stopped', async () => {
    await until('the page to be reachable', reachable, 20_000);
    const down = await world.isola.down();
    expect(down.code, down.stderr).toBe(0);
    expect(await reachable()).toBe(false);
    await world.isola.up();
    await until('the page to be reachable again', reachable, 30_000);
    expect(await tenant.one('listVirtualMachines', { id: web['id'] })).toMatchObject({
      state: 'Running',
    });
    expect(await tenant.one('listVirtualMachines', { id: off['id'] })).toMatchObject({
      state: 'Stopped',
    });
  });
});
