import { afterAll, beforeAll, expect } from 'vitest';
import { accountOf, type CrashCloud, crashCloud, testDeaths } from './test-crash.ts';
import type { Person } from './test-people.ts';

/** Networks, what they are given and what is in them, while the server dies. */
let cloud: CrashCloud;
let owner: Person;

beforeAll(async () => {
  cloud = await crashCloud();
  const { admin } = cloud;
  const other = { sourceofferingid: cloud.id('isolated'), name: 'other', networkrate: '50' };
  cloud.keep('other', (await cloud.call(admin, 'cloneNetworkOffering', other)).id);
  await cloud.call(admin, 'updateNetworkOffering', { id: cloud.id('other'), state: 'Enabled' });
  await quarantine('0');
  owner = await cloud.person();
  cloud.keep('network', await cloud.network(owner));
  cloud.keep('vm', await cloud.deploy(owner, cloud.id('network')));
}, 120_000);
afterAll(() => cloud?.close());

/** Minutes that an address is kept for who had it. */
const quarantine = (value: string) =>
  cloud.call(cloud.admin, 'updateConfiguration', {
    name: 'public.ip.address.quarantine.duration',
    value,
  });

testDeaths('a guest in an isolated, a shared and an L2 network', () => cloud, {
  steps: 30,
  async carryOut() {
    const shared = await cloud.network(cloud.admin, {
      networkofferingid: cloud.id('shared'),
      gateway: '172.20.0.1',
      netmask: '255.255.255.0',
      startip: '172.20.0.10',
      endip: '172.20.0.99',
      vlan: '2000',
      ...accountOf(owner),
    });
    const l2 = await cloud.network(owner, { networkofferingid: cloud.id('l2') });
    const all = [await cloud.network(owner), shared, l2];
    await cloud.expunge(await cloud.deploy(owner, all.join(',')), all);
  },
});

testDeaths('tags of a range, set aside for an account', () => cloud, {
  steps: 20,
  async carryOut() {
    const range = { id: cloud.id('physical network'), vlan: '100-999,1000-1001' };
    await cloud.call(cloud.admin, 'updatePhysicalNetwork', range);
    const aside = {
      ...accountOf(owner),
      physicalnetworkid: cloud.id('physical network'),
      vlanrange: '1000-1001',
    };
    const dedicated = await cloud.call(cloud.admin, 'dedicateGuestVlanRange', aside);
    const one = await cloud.network(owner);
    const vm = await cloud.deploy(owner, one);
    await cloud.call(cloud.admin, 'releaseDedicatedGuestVlanRange', { id: dedicated.id });
    await cloud.expunge(vm, [one]);
    await cloud.call(cloud.admin, 'updatePhysicalNetwork', { ...range, vlan: '100-999' });
  },
});

testDeaths('another offering', () => cloud, {
  steps: 3,
  async carryOut() {
    const { offering_id: offering } = await cloud.mortal.server.db
      .selectFrom('networks')
      .select('offering_id')
      .where('id', '=', cloud.id('network'))
      .executeTakeFirstOrThrow();
    const networkofferingid =
      offering === cloud.id('other') ? cloud.id('isolated') : cloud.id('other');
    await cloud.call(owner, 'updateNetwork', { id: cloud.id('network'), networkofferingid });
  },
});

testDeaths('rules, and an address into quarantine', () => cloud, {
  steps: 12,
  async carryOut() {
    const quarantines = async () =>
      (await cloud.mortal.server.db.selectFrom('address_quarantines').select('id').execute())
        .length;
    const before = await quarantines();
    await quarantine('10');
    const address = await cloud.call(owner, 'associateIpAddress', {
      networkid: cloud.id('network'),
    });
    const on = { ipaddressid: address.id, virtualmachineid: cloud.id('vm') };
    const ports = { protocol: 'tcp', publicport: '80', privateport: '80' };
    const rule = await cloud.call(owner, 'createPortForwardingRule', { ...on, ...ports });
    await cloud.call(owner, 'deletePortForwardingRule', { id: rule.id });
    await cloud.call(owner, 'enableStaticNat', on);
    await cloud.call(owner, 'disassociateIpAddress', { id: address.id });
    await quarantine('0');
    expect(await quarantines()).toBe(before + 1);
  },
});
