import {
  ConfigIndex,
  collectionNames,
  FingerprintAccumulator,
  fingerprintOf,
  IsolaError,
  type RouterConfig,
  routerConfigSchema,
} from '@isola/model';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { egressFirewallCommands } from '../features/egress-firewall/commands.ts';
import { firewallCommands } from '../features/firewall/commands.ts';
import { type TestNetworks, testNetworks } from '../features/network/test-network.ts';
import { portForwardingCommands } from '../features/port-forwarding/commands.ts';
import { revokeInstanceRules } from '../features/port-forwarding/revoke-instance.ts';
import { publicAddressCommands } from '../features/public-address/commands.ts';
import { staticNatCommands } from '../features/static-nat/commands.ts';
import type { NetworkRow } from '../store/schema.ts';
import { compileChanges, compileNetwork } from './compile.ts';
import type { GenerationWindow } from './rows.ts';
import { settleRows } from './settle.ts';

let world: TestNetworks;
beforeAll(async () => {
  world = await testNetworks();
  await splitRange();
});
afterAll(() => world.close());

/** Every second public address is of another subnet. */
async function splitRange(): Promise<void> {
  const first = await world.db.selectFrom('public_ranges').selectAll().executeTakeFirstOrThrow();
  const { id } = await world.db
    .insertInto('public_ranges')
    .values({
      zone_id: first.zone_id,
      physical_network_id: first.physical_network_id,
      gateway: '198.51.100.1',
      prefix: 25,
      first_address: '198.51.100.10',
      last_address: '198.51.100.34',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await world.db
    .updateTable('public_addresses')
    .set({ range_id: id })
    .where(sql<boolean>`seq % 2 = 0`)
    .execute();
}

test('an address of another subnet than the source NAT one says so', async () => {
  const network = await world.network({ state: 'Implemented', desired_state: 'Implemented' });
  await world.begin(publicAddressCommands.associateIpAddress, { networkid: network.id });
  const { id: sourceNatRange } = await world.db
    .selectFrom('public_addresses')
    .select('range_id as id')
    .where('network_id', '=', network.id)
    .executeTakeFirstOrThrow();
  for (const isSame of [true, false]) {
    const { address } = await world.db
      .selectFrom('public_addresses')
      .select('address')
      .where('state', '=', 'Free')
      .where('range_id', isSame ? '=' : '<>', sourceNatRange)
      .executeTakeFirstOrThrow();
    const wish = { networkid: network.id, ipaddress: address };
    await world.begin(publicAddressCommands.associateIpAddress, wish);
  }
  const { header, collections } = await compileNetwork(world.db, network.id, router);
  const [main, ...others] = [24, 25].filter(prefix => prefix !== header.public?.prefix);
  expect(others).toEqual([]);
  const prefixes = collections.publicAddresses.map(item => item.prefix);
  expect(prefixes.filter(prefix => prefix !== undefined)).toEqual([main]);
  expect(prefixes).toHaveLength(3);
  await world.clear(network);
});

const router = {
  name: 'r-1-vm',
  control_address: '169.254.1.2',
  guest_mac: '02:00:00:00:ff:01',
  public_mac: '02:00:00:00:ff:02',
};

type Step =
  | { readonly kind: 'open' | 'forward' | 'egress'; readonly pick: number; readonly port: number }
  | {
      readonly kind:
        | 'close'
        | 'unforward'
        | 'repoint'
        | 'unegress'
        | 'associate'
        | 'disassociate'
        | 'nat'
        | 'unnat'
        | 'expunge'
        | 'apply';
      readonly pick: number;
    };

const pick = fc.nat({ max: 9 });
const port = fc.integer({ min: 1, max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('open', 'forward', 'egress'), pick, port }),
  fc.record({
    kind: fc.constantFrom(
      'close',
      'unforward',
      'repoint',
      'unegress',
      'associate',
      'disassociate',
      'nat',
      'unnat',
      'expunge',
      'apply',
    ),
    pick,
  }),
);

/** Orders the collections, which are sets of items. */
function ordered(config: RouterConfig): RouterConfig {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  const { collections } = config;
  return {
    ...config,
    collections: {
      publicAddresses: collections.publicAddresses.toSorted(byId),
      hosts: collections.hosts.toSorted(byId),
      firewall: collections.firewall.toSorted(byId),
      egress: collections.egress.toSorted(byId),
      portForwards: collections.portForwards.toSorted(byId),
      staticNats: collections.staticNats.toSorted(byId),
    },
  };
}

const read = (id: string): Promise<NetworkRow> =>
  world.db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** What a converger does: one delta from what the router has to what the rows say, then the rows are settled. */
async function converge(network: NetworkRow, installed: ConfigIndex): Promise<ConfigIndex> {
  const current = await read(network.id);
  const window = { from: installed.generation, to: current.generation };
  const changes = await compileChanges(world.db, current, window);
  const whole = await compileNetwork(world.db, network.id, router);
  const known = (name: (typeof collectionNames)[number]) =>
    (changes.remove[name] ?? []).filter(id => installed.items(name).has(id));
  const remove = Object.fromEntries(collectionNames.map(name => [name, known(name)]));
  const applied = installed.apply({
    from: window.from,
    generation: window.to,
    put: changes.put,
    remove,
    fingerprint: fingerprintOf(whole),
  });
  expect(applied).not.toBeNull();
  expect(ordered(installed.toConfig())).toEqual(ordered(whole));
  await settled(network.id, window);
  expect(await compileNetwork(world.db, network.id, router)).toEqual(whole);
  return installed;
}

/** As the reconciler records that a router has applied the window. */
async function settled(networkId: string, window: GenerationWindow): Promise<void> {
  await world.db
    .transaction()
    .execute(tx =>
      settleRows(tx, { networkId, ...window }, query =>
        query
          .updateTable('networks')
          .set({ applied_generation: window.to })
          .where('id', '=', networkId)
          .returning('id'),
      ),
    );
}

async function idOf(
  table: 'firewall_rules' | 'port_forwarding_rules' | 'public_addresses' | 'nics',
  network: NetworkRow,
  nth: number,
): Promise<string> {
  const rows = await world.db
    .selectFrom(table)
    .select('id')
    .where('network_id', '=', network.id)
    .orderBy('seq')
    .execute();
  return rows[nth % rows.length]?.id ?? '00000000-0000-0000-0000-000000000000';
}

async function carryOut(
  network: NetworkRow,
  instances: readonly string[],
  one: Step,
): Promise<unknown> {
  const address = () => idOf('public_addresses', network, one.pick);
  const virtualmachineid = instances[one.pick % instances.length] ?? '';
  switch (one.kind) {
    case 'open':
      return world.begin(firewallCommands.createFirewallRule, {
        ipaddressid: await address(),
        protocol: one.pick % 2 === 0 ? 'tcp' : 'udp',
        startport: one.port,
        endport: one.port + (one.pick % 3),
        cidrlist: one.pick % 4 === 0 ? ['198.51.100.7/24', '192.0.2.0/24'] : [],
      });
    case 'forward':
      return world.begin(portForwardingCommands.createPortForwardingRule, {
        ipaddressid: await address(),
        protocol: one.pick % 2 === 0 ? 'tcp' : 'udp',
        publicport: one.port,
        publicendport: one.port + (one.pick % 3),
        privateport: one.port + 100,
        virtualmachineid,
        openfirewall: one.pick % 3 !== 0,
      });
    case 'egress':
      return world.begin(egressFirewallCommands.createEgressFirewallRule, {
        networkid: network.id,
        protocol: one.pick % 3 === 0 ? 'icmp' : 'tcp',
        ...(one.pick % 3 === 0 ? { icmptype: one.port } : { startport: one.port }),
        destcidrlist: one.pick % 2 === 0 ? [] : ['198.51.100.0/24'],
      });
    case 'close': {
      const id = await idOf('firewall_rules', network, one.pick);
      return world.begin(firewallCommands.deleteFirewallRule, { id });
    }
    case 'unegress': {
      const id = await idOf('firewall_rules', network, one.pick);
      return world.begin(egressFirewallCommands.deleteEgressFirewallRule, { id });
    }
    case 'unforward': {
      const id = await idOf('port_forwarding_rules', network, one.pick);
      return world.begin(portForwardingCommands.deletePortForwardingRule, { id });
    }
    case 'repoint': {
      const id = await idOf('port_forwarding_rules', network, one.pick);
      const params = { id, virtualmachineid, privateport: one.pick + 500 };
      return world.begin(portForwardingCommands.updatePortForwardingRule, params);
    }
    case 'associate':
      return world.begin(publicAddressCommands.associateIpAddress, { networkid: network.id });
    case 'disassociate':
      return world.begin(publicAddressCommands.disassociateIpAddress, { id: await address() });
    case 'nat':
      return world.begin(staticNatCommands.enableStaticNat, {
        ipaddressid: await address(),
        virtualmachineid,
      });
    case 'unnat':
      return world.begin(staticNatCommands.disableStaticNat, { ipaddressid: await address() });
    case 'expunge':
      return world.db.transaction().execute(tx => revokeInstanceRules(tx, virtualmachineid));
    case 'apply':
      break;
  }
  return null;
}

test('the deltas of any history of changes add up to the whole configuration', async () => {
  let carried = 0;
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async steps => {
      const network = await world.network({ state: 'Implemented', desired_state: 'Implemented' });
      await world.begin(publicAddressCommands.associateIpAddress, { networkid: network.id });
      await world.begin(publicAddressCommands.associateIpAddress, { networkid: network.id });
      const instances: string[] = [];
      for (const host of [1, 2, 3]) instances.push((await world.instance(network, host)).id);
      let installed = new ConfigIndex(await compileNetwork(world.db, network.id, router));
      const generation = installed.generation;
      await settled(network.id, { from: 0, to: generation });
      for (const one of [...steps, { kind: 'apply', pick: 0 } as const]) {
        try {
          await carryOut(network, instances, one);
          carried += 1;
        } catch (error) {
          if (!(error instanceof IsolaError)) throw error;
          refusals += 1;
        }
        if (one.kind === 'apply') installed = await converge(network, installed);
      }
      await world.clear(network);
    }),
    { numRuns: 15 },
  );
  // The histories are not mostly refusals.
  expect(carried).toBeGreaterThan(refusals / 2);
}, 120_000);

test('a change costs the rows that changed, not those that are there', async () => {
  const network = await world.network({ state: 'Implemented', desired_state: 'Implemented' });
  await world.begin(publicAddressCommands.associateIpAddress, { networkid: network.id });
  const { id: virtualmachineid } = await world.instance(network, 1);
  const ipaddressid = await idOf('public_addresses', network, 0);
  const forward = (publicport: number) =>
    world.begin(portForwardingCommands.createPortForwardingRule, {
      ipaddressid,
      virtualmachineid,
      protocol: 'tcp',
      publicport,
      privateport: 80,
      openfirewall: false,
    });
  for (let publicport = 1; publicport <= 30; publicport += 1) await forward(publicport);
  const { generation } = await read(network.id);
  await forward(31);
  const changes = await compileChanges(world.db, network, {
    from: generation,
    to: generation + 1,
  });
  expect(changes.put.portForwards).toHaveLength(1);
  expect(Object.keys(changes.put)).toEqual(['portForwards']);
  expect(changes.remove).toEqual({});
});

test('a whole configuration fits its schema and says what the offering, zone and network say', async () => {
  const network = await world.network({
    state: 'Implemented',
    desired_state: 'Implemented',
    dns: ['9.9.9.9'],
    private_mtu: 1450,
  });
  await world.begin(publicAddressCommands.associateIpAddress, {
    networkid: network.id,
    ipaddress: '203.0.113.58',
  });
  await world.instance(network, 4);
  const config = await compileNetwork(world.db, network.id, router);
  expect(routerConfigSchema.parse(config)).toEqual(config);
  expect(config.header).toMatchObject({
    name: 'r-1-vm',
    egressDefault: 'deny',
    dhcp: true,
    dns: true,
    nameservers: ['9.9.9.9'],
    guest: { address: '10.1.1.1', cidr: '10.1.1.0/24', mtu: 1450 },
    public: { gateway: '203.0.113.1', prefix: 24, mac: router.public_mac },
  });
  expect(config.header.sourceNat).toBe(config.collections.publicAddresses[0]?.address);
  expect(new FingerprintAccumulator(config.header).value()).toHaveLength(64);
});

test('a network without the Firewall service lets everything to its public addresses through', async () => {
  const { offering_id } = await world.network();
  const offering = await world.db
    .selectFrom('network_offerings')
    .selectAll()
    .where('id', '=', offering_id)
    .executeTakeFirstOrThrow();
  const { Firewall: _, ...services } = offering.services;
  const open = await world.db
    .insertInto('network_offerings')
    .values({
      name: 'open',
      display_text: 'open',
      guest_ip_type: 'Isolated',
      services: JSON.stringify(services),
      egress_default_allow: true,
      conserve_mode: true,
      specify_vlan: false,
      is_persistent: false,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const network = await world.network({
    offering_id: open.id,
    state: 'Implemented',
    desired_state: 'Implemented',
  });
  await world.begin(publicAddressCommands.associateIpAddress, { networkid: network.id });
  const { collections, header } = await compileNetwork(world.db, network.id, router);
  expect(header.egressDefault).toBe('allow');
  expect(collections.firewall).toEqual([
    {
      id: collections.publicAddresses[0]?.id,
      publicAddress: header.sourceNat,
      match: { protocol: 'all' },
      sources: ['0.0.0.0/0'],
    },
  ]);
});
