import { afterAll, beforeAll, expect } from 'vitest';
import { type CrashCloud, crashCloud, testDeaths } from './test-crash.ts';
import type { Person } from './test-people.ts';

/** Routers that are restarted, replaced and made anew, while the server dies. */
let cloud: CrashCloud;
let owner: Person;

beforeAll(async () => {
  cloud = await crashCloud();
  const { admin } = cloud;
  const wanted = { sourceofferingid: cloud.id('isolated'), name: 'persistent' };
  const offering = await cloud.call(admin, 'cloneNetworkOffering', {
    ...wanted,
    ispersistent: 'true',
  });
  await cloud.call(admin, 'updateNetworkOffering', { id: offering.id, state: 'Enabled' });
  cloud.keep('persistent', offering.id);
  owner = await cloud.person();
  cloud.keep('network', await cloud.network(owner));
  await cloud.deploy(owner, cloud.id('network'));
}, 120_000);
afterAll(() => cloud?.close());

const router = () =>
  cloud.mortal.server.db
    .selectFrom('routers')
    .selectAll()
    .where('network_id', '=', cloud.id('network'))
    .executeTakeFirstOrThrow();

testDeaths('a router that is stopped, started and rebooted', () => cloud, {
  steps: 8,
  async carryOut() {
    const { id } = await router();
    for (const command of ['stopRouter', 'startRouter', 'rebootRouter'])
      await cloud.call(cloud.admin, command, { id });
    expect((await router()).state).toBe('Running');
  },
});

testDeaths('a network that is restarted, without cleanup and with it', () => cloud, {
  steps: 6,
  async carryOut() {
    const { id } = await router();
    const restart = { id: cloud.id('network') };
    await cloud.call(owner, 'restartNetwork', { ...restart, cleanup: 'false' });
    expect((await router()).id).toBe(id);
    await cloud.call(owner, 'restartNetwork', { ...restart, cleanup: 'true' });
    expect((await router()).id).not.toBe(id);
  },
});

testDeaths('a router that is destroyed, and made anew by a restart', () => cloud, {
  steps: 6,
  async carryOut() {
    await cloud.call(cloud.admin, 'destroyRouter', { id: (await router()).id });
    await cloud.call(owner, 'restartNetwork', { id: cloud.id('network'), cleanup: 'true' });
    expect((await router()).state).toBe('Running');
  },
});

testDeaths('a persistent network, which is implemented when it is made', () => cloud, {
  steps: 12,
  async carryOut() {
    const id = await cloud.network(owner, { networkofferingid: cloud.id('persistent') });
    await cloud.call(owner, 'deleteNetwork', { id });
  },
});
