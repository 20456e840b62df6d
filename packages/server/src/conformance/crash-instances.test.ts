import { afterAll, beforeAll, expect } from 'vitest';
import { accountOf, type CrashCloud, crashCloud, testDeaths } from './test-crash.ts';
import type { Person } from './test-people.ts';

/** Instances that change, while the server dies. */
let cloud: CrashCloud;
let owner: Person;
let heir: Person;

beforeAll(async () => {
  cloud = await crashCloud();
  const larger = { name: 'larger', displaytext: 'larger', cpunumber: '1', memory: '640' };
  const made = await cloud.call(cloud.admin, 'createServiceOffering', {
    ...larger,
    cpuspeed: '500',
  });
  cloud.keep('larger', made.id);
  owner = await cloud.person();
  heir = await cloud.person();
  cloud.keep('network', await cloud.network(owner));
  cloud.keep('second', await cloud.network(owner));
  cloud.keep('inherited', await cloud.network(heir));
  cloud.keep('vm', await cloud.deploy(owner, cloud.id('network')));
  cloud.keep('moving', await cloud.deploy(owner, cloud.id('second')));
  // These networks are in use whatever moves.
  await cloud.deploy(owner, cloud.id('second'));
  await cloud.deploy(heir, cloud.id('inherited'));
}, 120_000);
afterAll(() => cloud?.close());

const row = async (vm: string) =>
  cloud.mortal.server.db
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', vm)
    .executeTakeFirstOrThrow();
const nicOf = async (vm: string, networkId: string): Promise<string> =>
  (
    await cloud.mortal.server.db
      .selectFrom('nics')
      .select('id')
      .where('instance_id', '=', vm)
      .where('network_id', '=', networkId)
      .where('state', '<>', 'Revoke')
      .executeTakeFirstOrThrow()
  ).id;

testDeaths('a further address', () => cloud, {
  steps: 4,
  async carryOut() {
    const nicid = await nicOf(cloud.id('vm'), cloud.id('network'));
    const further = await cloud.call(owner, 'addIpToNic', { nicid });
    await cloud.call(owner, 'removeIpFromNic', { id: further.id });
  },
});

testDeaths('a NIC more, as the default one, and away again', () => cloud, {
  steps: 12,
  async carryOut() {
    const vm = { virtualmachineid: cloud.id('vm') };
    await cloud.call(owner, 'addNicToVirtualMachine', { ...vm, networkid: cloud.id('second') });
    const more = { ...vm, nicid: await nicOf(cloud.id('vm'), cloud.id('second')) };
    const back = { ...vm, nicid: await nicOf(cloud.id('vm'), cloud.id('network')) };
    await cloud.call(owner, 'updateDefaultNicForVirtualMachine', more);
    await cloud.call(owner, 'updateDefaultNicForVirtualMachine', back);
    await cloud.call(owner, 'removeNicFromVirtualMachine', more);
  },
});

testDeaths('the disk anew', () => cloud, {
  steps: 4,
  async carryOut() {
    await cloud.call(owner, 'restoreVirtualMachine', { virtualmachineid: cloud.id('vm') });
  },
});

testDeaths('another size', () => cloud, {
  steps: 6,
  async carryOut() {
    const { service_offering_id: size } = await row(cloud.id('vm'));
    const serviceofferingid = size === cloud.id('larger') ? cloud.id('size') : cloud.id('larger');
    await cloud.call(owner, 'stopVirtualMachine', { id: cloud.id('vm') });
    await cloud.call(owner, 'scaleVirtualMachine', { id: cloud.id('vm'), serviceofferingid });
    await cloud.call(owner, 'startVirtualMachine', { id: cloud.id('vm') });
    expect((await row(cloud.id('vm'))).service_offering_id).toBe(serviceofferingid);
  },
});

testDeaths('another owner', () => cloud, {
  steps: 8,
  async carryOut() {
    const isHeirs = (await row(cloud.id('moving'))).account_id === heir.accountId;
    const [from, to] = isHeirs ? [heir, owner] : [owner, heir];
    await cloud.call(from, 'stopVirtualMachine', { id: cloud.id('moving') });
    await cloud.call(cloud.admin, 'assignVirtualMachine', {
      virtualmachineid: cloud.id('moving'),
      networkids: isHeirs ? cloud.id('second') : cloud.id('inherited'),
      ...accountOf(to),
    });
    await cloud.call(to, 'startVirtualMachine', { id: cloud.id('moving') });
    expect((await row(cloud.id('moving'))).account_id).toBe(to.accountId);
  },
});
