import { afterAll, beforeAll } from 'vitest';
import { accountOf, type CrashCloud, crashCloud, testDeaths } from './test-crash.ts';
import type { Work } from './test-mortal-server.ts';
import type { Person } from './test-people.ts';

/** Those who go with everything they have, while the server dies. */
let cloud: CrashCloud;
let owner: Person;

beforeAll(async () => {
  cloud = await crashCloud();
  owner = await cloud.person();
}, 120_000);
afterAll(() => cloud?.close());

testDeaths('a project, deleted with its guest', () => cloud, {
  steps: 10,
  ...removal(async () => {
    const project = await cloud.call(owner, 'createProject', { name: cloud.fresh('project') });
    const within = { projectid: project.id };
    await cloud.deploy(owner, await cloud.network(owner, within), within);
    return () => cloud.call(owner, 'deleteProject', { id: project.id, cleanup: 'true' });
  }),
});

testDeaths('an account, deleted with its guest', () => cloud, {
  steps: 10,
  ...removal(async () => {
    const leaver = await tenant();
    return async () => {
      await cloud.call(cloud.admin, 'deleteAccount', { id: leaver.accountId });
      await cloud.call(cloud.admin, 'deleteDomain', { id: leaver.domainId });
    };
  }),
});

testDeaths('a domain, deleted with everything', () => cloud, {
  steps: 10,
  ...removal(async () => {
    const { domainId } = await tenant();
    return () => cloud.call(cloud.admin, 'deleteDomain', { id: domainId, cleanup: 'true' });
  }),
});

/** What goes is made anew each time, by a server that lives. */
function removal(make: () => Promise<() => Promise<unknown>>): Work {
  let remove: () => Promise<unknown> = async () => undefined;
  return {
    async prepare() {
      remove = await make();
    },
    async carryOut() {
      await remove();
    },
  };
}

/** With a guest in a network with an address more, tags set aside, and a webhook. */
async function tenant(): Promise<Person> {
  const one = await cloud.person();
  const networkid = await cloud.network(one);
  const aside = { physicalnetworkid: cloud.id('physical network'), vlanrange: '990-991' };
  await cloud.call(cloud.admin, 'dedicateGuestVlanRange', { ...accountOf(one), ...aside });
  const hook = { name: 'hook', payloadurl: 'http://192.0.2.1/', state: 'Disabled' };
  await cloud.call(one, 'createWebhook', hook);
  const vm = await cloud.deploy(one, networkid);
  const { id: ipaddressid } = await cloud.call(one, 'associateIpAddress', { networkid });
  await cloud.call(one, 'enableStaticNat', { ipaddressid, virtualmachineid: vm });
  return one;
}
