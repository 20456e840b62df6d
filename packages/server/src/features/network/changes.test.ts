import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NetworkRow } from '../../store/schema.ts';
import { transact } from '../../store/transaction.ts';
import { firewallCommands } from '../firewall/commands.ts';
import { portForwardingCommands } from '../port-forwarding/commands.ts';
import { revokeInstanceRules } from '../port-forwarding/revoke-instance.ts';
import { publicAddressCommands } from '../public-address/commands.ts';
import { staticNatCommands } from '../static-nat/commands.ts';
import { networkCommands } from './commands.ts';
import { type TestNetworks, testNetworks } from './test-network.ts';

let world: TestNetworks;
beforeAll(async () => {
  world = await testNetworks();
});
afterAll(() => world.close());

const read = (id: string): Promise<NetworkRow> =>
  world.db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

const rowsOf = (table: 'firewall_rules' | 'port_forwarding_rules', network: NetworkRow) =>
  world.db.selectFrom(table).selectAll().where('network_id', '=', network.id).execute();

/** An offering like the default one, but for what is given. */
async function offering(
  name: string,
  values: { drop?: string; conserve_mode?: boolean; is_persistent?: boolean },
): Promise<string> {
  const standard = await world.db
    .selectFrom('network_offerings')
    .selectAll()
    .where('availability', '=', 'Required')
    .executeTakeFirstOrThrow();
  const services = Object.fromEntries(
    Object.entries(standard.services).filter(([service]) => service !== values.drop),
  );
  const { id } = await world.db
    .insertInto('network_offerings')
    .values({
      name,
      display_text: name,
      guest_ip_type: 'Isolated',
      state: 'Enabled',
      services: JSON.stringify(services),
      egress_default_allow: false,
      conserve_mode: values.conserve_mode ?? true,
      specify_vlan: false,
      is_persistent: values.is_persistent ?? false,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function associate(network: NetworkRow): Promise<string> {
  const intent = await world.begin(publicAddressCommands.associateIpAddress, {
    networkid: network.id,
  });
  return intent.object?.id ?? '';
}

function forward(ipaddressid: string, virtualmachineid: string, publicport = 80) {
  return world.begin(portForwardingCommands.createPortForwardingRule, {
    ipaddressid,
    virtualmachineid,
    protocol: 'tcp',
    publicport,
    privateport: 80,
  });
}

test('rules of a network without a router are done when they are written', async () => {
  const network = await world.network();
  const instance = await world.instance(network, 1);
  const address = await associate(network);
  const created = await forward(address, instance.id);
  expect(created.waits).toBeNull();
  expect(await rowsOf('port_forwarding_rules', network)).toMatchObject([{ state: 'Active' }]);
  const deleted = await world.begin(portForwardingCommands.deletePortForwardingRule, {
    id: created.object?.id ?? '',
  });
  expect(deleted.waits).toBeNull();
  expect(await rowsOf('port_forwarding_rules', network)).toEqual([]);
  expect(await rowsOf('firewall_rules', network)).toEqual([]);
  expect((await read(network.id)).generation).toBe(network.generation);
  const second = await associate(network);
  await world.begin(publicAddressCommands.disassociateIpAddress, { id: second });
  const freed = await world.db
    .selectFrom('public_addresses')
    .selectAll()
    .where('id', '=', second)
    .executeTakeFirstOrThrow();
  expect(freed).toMatchObject({ state: 'Free', account_id: null, network_id: null });
  await world.clear(network);
});

test('rules of an implemented network wait for the generation that they carry', async () => {
  const network = await world.network({ state: 'Implemented', desired_state: 'Implemented' });
  const instance = await world.instance(network, 1);
  const address = await associate(network);
  const created = await forward(address, instance.id);
  const { generation } = await read(network.id);
  expect(created.waits).toEqual({ kind: 'network', id: network.id, generation });
  expect(await rowsOf('port_forwarding_rules', network)).toMatchObject([
    { state: 'Add', generation },
  ]);
  const id = created.object?.id ?? '';
  const remove = () => world.begin(portForwardingCommands.deletePortForwardingRule, { id });
  const deleted = await remove();
  expect((await remove()).waits).toEqual(deleted.waits);
  expect(await rowsOf('firewall_rules', network)).toMatchObject([{ state: 'Revoke' }]);
  await world.clear(network);
});

test('an expunged instance takes its rules along, in networks with and without a router', async () => {
  for (const live of [true, false]) {
    const network = await world.network(
      live ? { state: 'Implemented', desired_state: 'Implemented' } : {},
    );
    const gone = await world.instance(network, 1);
    const stays = await world.instance(network, 2);
    const address = await associate(network);
    await forward(address, gone.id, 80);
    await forward(address, stays.id, 81);
    const nat = await associate(network);
    await world.begin(staticNatCommands.enableStaticNat, {
      ipaddressid: nat,
      virtualmachineid: gone.id,
    });
    const revoked = await transact(world.db, tx => revokeInstanceRules(tx, gone.id));
    const { generation } = await read(network.id);
    expect(revoked).toEqual(live ? [{ networkId: network.id, generation }] : []);
    const forwards = await rowsOf('port_forwarding_rules', network);
    expect(forwards.filter(row => row.state !== 'Revoke')).toMatchObject([{ public_first: 81 }]);
    expect(forwards).toHaveLength(live ? 2 : 1);
    const rules = await rowsOf('firewall_rules', network);
    expect(rules.filter(row => row.state !== 'Revoke')).toMatchObject([{ first_port: 81 }]);
    expect(await transact(world.db, tx => revokeInstanceRules(tx, gone.id))).toEqual([]);
    await world.clear(network);
  }
});

test('without conserve mode an address serves one service', async () => {
  const network = await world.network({
    offering_id: await offering('one service', { conserve_mode: false }),
  });
  const first = await world.instance(network, 1);
  const sourceNat = await associate(network);
  await expect(forward(sourceNat, first.id)).rejects.toThrow('serves SourceNat');
  const address = await associate(network);
  await forward(address, first.id, 80);
  await forward(address, first.id, 81);
  await world.begin(firewallCommands.createFirewallRule, {
    ipaddressid: address,
    protocol: 'udp',
    startport: 53,
  });
  await world.clear(network);
});

test('static NAT leads one address to one instance', async () => {
  const network = await world.network();
  const first = await world.instance(network, 1);
  const second = await world.instance(network, 2);
  await associate(network);
  const address = await associate(network);
  const other = await associate(network);
  const enable = (ipaddressid: string, virtualmachineid: string) =>
    world.begin(staticNatCommands.enableStaticNat, { ipaddressid, virtualmachineid });
  await enable(address, first.id);
  await enable(address, first.id);
  await expect(enable(address, second.id)).rejects.toThrow('to another instance');
  await expect(enable(other, first.id)).rejects.toThrow('already has static NAT');
  await expect(forward(address, first.id)).rejects.toThrow('has static NAT');
  await enable(other, second.id);
  await world.begin(staticNatCommands.disableStaticNat, { ipaddressid: address });
  await expect(
    world.begin(staticNatCommands.disableStaticNat, { ipaddressid: address }),
  ).rejects.toThrow('does not have static NAT');
  await world.clear(network);
});

test('a port forward is pointed elsewhere and keeps the length of its range', async () => {
  const network = await world.network({ state: 'Implemented', desired_state: 'Implemented' });
  const first = await world.instance(network, 1);
  const second = await world.instance(network, 2);
  const { object } = await world.begin(portForwardingCommands.createPortForwardingRule, {
    ipaddressid: await associate(network),
    virtualmachineid: first.id,
    protocol: 'udp',
    publicport: 1000,
    publicendport: 1009,
    privateport: 2000,
    privateendport: 2009,
  });
  const id = object?.id ?? '';
  const update = (params: object) =>
    world.begin(portForwardingCommands.updatePortForwardingRule, { id, ...params });
  expect((await update({ fordisplay: false })).waits).toBeNull();
  await update({ privateport: 3000, virtualmachineid: second.id });
  expect(await rowsOf('port_forwarding_rules', network)).toMatchObject([
    {
      nic_id: second.nicId,
      private_first: 3000,
      private_last: 3009,
      display: false,
      generation: (await read(network.id)).generation,
    },
  ]);
  await expect(update({ privateendport: 3004 })).rejects.toThrow('as many, or one');
  await expect(update({ privateport: 65_530 })).rejects.toThrow('no room');
  await world.clear(network);
});

test('a new offering must have the services that rules use, unless forced', async () => {
  const lean = await offering('no forwarding', { drop: 'PortForwarding' });
  const network = await world.network({ state: 'Implemented', desired_state: 'Implemented' });
  const instance = await world.instance(network, 1);
  await forward(await associate(network), instance.id);
  const update = (params: object) =>
    world.begin(networkCommands.updateNetwork, {
      id: network.id,
      networkofferingid: lean,
      ...params,
    });
  const before = await read(network.id);
  await expect(update({})).rejects.toMatchObject({ code: 'in_use' });
  expect(await read(network.id)).toEqual(before);
  const { waits } = await update({ forced: true });
  const after = await read(network.id);
  expect(after).toMatchObject({ offering_id: lean, full_generation: waits?.generation });
  expect(await rowsOf('port_forwarding_rules', network)).toMatchObject([{ state: 'Revoke' }]);
  expect(await rowsOf('firewall_rules', network)).toMatchObject([{ state: 'Revoke' }]);
  const bare = await offering('no source NAT', { drop: 'SourceNat' });
  await expect(update({ networkofferingid: bare, forced: true })).rejects.toThrow('give it up');
  await world.clear(network);
});

test('a network that gets a persistent offering is implemented', async () => {
  const network = await world.network();
  const { waits } = await world.begin(networkCommands.updateNetwork, {
    id: network.id,
    networkofferingid: await offering('persistent', { is_persistent: true }),
  });
  const after = await read(network.id);
  expect(after.desired_state).toBe('Implemented');
  expect(waits).toEqual({ kind: 'network', id: network.id, generation: after.generation });
  await world.clear(network);
});

test('a new network takes the source NAT address that it is given', async () => {
  const { offering_id } = await world.network();
  const create = (sourcenatipaddress: string) =>
    world.begin(networkCommands.createNetwork, {
      name: 'pinned',
      zoneid: world.zoneId,
      networkofferingid: offering_id,
      sourcenatipaddress,
    });
  const { object } = await create('203.0.113.44');
  const address = await world.db
    .selectFrom('public_addresses')
    .selectAll()
    .where('address', '=', '203.0.113.44')
    .executeTakeFirstOrThrow();
  expect(address).toMatchObject({
    network_id: object?.id,
    is_source_nat: true,
    state: 'Allocated',
  });
  await expect(create('203.0.113.44')).rejects.toThrow('is not free');
  await expect(create('203.0.113.99')).rejects.toThrow('not a public address of the zone');
});

test('an address for a zone goes to the only network of the account', async () => {
  await expect(
    world.begin(publicAddressCommands.associateIpAddress, { zoneid: world.zoneId }),
  ).rejects.toThrow('several networks');
  await world.db
    .updateTable('networks')
    .set({ desired_state: 'Destroyed' })
    .where('name', '<>', 'pinned')
    .execute();
  const { object } = await world.begin(publicAddressCommands.associateIpAddress, {
    zoneid: world.zoneId,
  });
  expect(object?.type).toBe('IpAddress');
});
