import { afterAll, beforeAll, expect } from 'vitest';
import { type CrashCloud, crashCloud, testDeaths } from './test-crash.ts';

/** An instance and its router that move between two hosts, while the server dies. */
let cloud: CrashCloud;

beforeAll(async () => {
  cloud = await crashCloud({ hosts: 2 });
  const owner = await cloud.person();
  cloud.keep('vm', await cloud.deploy(owner, await cloud.network(owner)));
}, 120_000);
afterAll(() => cloud?.close());

async function hostOf(vm: string): Promise<string> {
  const { host_id: host } = await cloud.mortal.server.db
    .selectFrom('instances')
    .select('host_id')
    .where('id', '=', vm)
    .executeTakeFirstOrThrow();
  return host ?? '';
}
const otherHost = (than: string): string =>
  [...cloud.mortal.server.world.hosts.keys()].find(id => id !== than) ?? '';

testDeaths('an instance that moves', () => cloud, {
  steps: 4,
  async carryOut() {
    const hostid = otherHost(await hostOf(cloud.id('vm')));
    await cloud.call(cloud.admin, 'migrateVirtualMachine', {
      virtualmachineid: cloud.id('vm'),
      hostid,
    });
    expect(await hostOf(cloud.id('vm'))).toBe(hostid);
  },
});

testDeaths('a host that is emptied for maintenance', () => cloud, {
  steps: 6,
  async carryOut() {
    const emptied = await hostOf(cloud.id('vm'));
    await cloud.call(cloud.admin, 'prepareHostForMaintenance', { id: emptied });
    expect(await hostOf(cloud.id('vm'))).toBe(otherHost(emptied));
    await cloud.call(cloud.admin, 'cancelHostMaintenance', { id: emptied });
  },
});
