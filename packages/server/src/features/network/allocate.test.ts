import { cidr, cidrContains, ipv4 } from '@isola/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NetworkRow } from '../../store/schema.ts';
import { transact } from '../../store/transaction.ts';
import { ensureSourceNat } from '../public-address/source-nat.ts';
import { networkCommands } from './commands.ts';
import { allocateGuestAddress, allocateMac } from './guest-address.ts';
import { type TestNetworks, testNetworks } from './test-network.ts';
import { allocateVlan, releaseVlan, reserveVlan } from './vlan.ts';

let world: TestNetworks;
beforeAll(async () => {
  world = await testNetworks({ first: 100, last: 149 });
});
afterAll(() => world.close());

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

/** What came out of calls that ran at once: values, and codes of errors. */
async function outcome<T>(
  calls: readonly Promise<T>[],
): Promise<{ values: T[]; codes: unknown[] }> {
  const settled = await Promise.allSettled(calls);
  return {
    values: settled.flatMap(one => (one.status === 'fulfilled' ? [one.value] : [])),
    codes: settled.flatMap(one =>
      one.status === 'rejected' && one.reason instanceof Error && 'code' in one.reason
        ? [one.reason.code]
        : [],
    ),
  };
}

test('networks that ask at once get a VLAN tag each; what is over gets a clear error and nothing else', async () => {
  const networks: NetworkRow[] = [];
  for (const _ of times(53)) networks.push(await world.network());
  const { values, codes } = await outcome(
    networks.map(network => transact(world.db, tx => allocateVlan(tx, network))),
  );
  expect(values.toSorted((a, b) => a - b)).toEqual(times(50).map(index => 100 + index));
  expect(codes).toEqual(['insufficient_vlan', 'insufficient_vlan', 'insufficient_vlan']);
  const tagged = await world.db.selectFrom('vlan_tags').select('tag').execute();
  expect(tagged).toHaveLength(50);
  const winner = await world.db
    .selectFrom('networks')
    .selectAll()
    .where('vlan', 'is not', null)
    .limit(1)
    .executeTakeFirstOrThrow();
  expect(await transact(world.db, tx => allocateVlan(tx, winner))).toBe(winner.vlan);
  await transact(world.db, tx => releaseVlan(tx, winner));
  const last = await world.network();
  expect(await transact(world.db, tx => allocateVlan(tx, last))).toBe(winner.vlan);
});

test('a chosen tag is outside the dynamic range, is nobody else’s, and stays until the network goes', async () => {
  const network = await world.network({ requested_vlan: 2000 });
  const reserve = (of: NetworkRow, tag: number) =>
    transact(world.db, tx => reserveVlan(tx, of, { tag, anywhere: false }));
  await expect(reserve(network, 120)).rejects.toThrow('is in the range 100-149');
  await reserve(network, 2000);
  await expect(reserve(await world.network(), 2000)).rejects.toThrow('already exists');
  expect(await transact(world.db, tx => allocateVlan(tx, network))).toBe(2000);
  await transact(world.db, tx => releaseVlan(tx, network));
  await expect(reserve(await world.network(), 2000)).rejects.toThrow('already exists');
  await world.clear(network);
  await reserve(await world.network(), 2000);
});

test('of what physical networks of a zone give out and reserve at once, no two tags are the same', async () => {
  const {
    id: _,
    seq: __,
    ...like
  } = await world.db.selectFrom('physical_networks').selectAll().executeTakeFirstOrThrow();
  const second = await world.db
    .insertInto('physical_networks')
    .values({ ...like, name: 'second' })
    .returning('id')
    .executeTakeFirstOrThrow();
  // As the API refuses them.
  await world.db
    .insertInto('vlan_ranges')
    .values({ physical_network_id: second.id, first_tag: 130, last_tag: 169 })
    .execute();
  const held = await world.db.selectFrom('vlan_tags').selectAll().execute();
  await world.db.deleteFrom('vlan_tags').execute();
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ onSecond: fc.boolean(), tag: fc.option(fc.integer({ min: 3000, max: 3003 })) }),
        {
          minLength: 2,
          maxLength: 12,
        },
      ),
      async asked => {
        const networks: NetworkRow[] = [];
        for (const { onSecond } of asked)
          networks.push(await world.network(onSecond ? { physical_network_id: second.id } : {}));
        await outcome(
          networks.map((network, n) => {
            const tag = asked[n]?.tag ?? null;
            return transact(world.db, async tx => {
              if (tag === null) await allocateVlan(tx, network);
              else await reserveVlan(tx, network, { tag, anywhere: false });
            });
          }),
        );
        const tags = await world.db.selectFrom('vlan_tags').select(['tag', 'network_id']).execute();
        const reserved = new Set(asked.flatMap(({ tag }) => tag ?? []));
        const dynamic = asked.filter(({ tag }) => tag === null).length;
        expect(new Set(tags.map(({ tag }) => tag)).size).toBe(tags.length);
        // Each tag that was asked for is somebody's, and who took any got one.
        expect(tags).toHaveLength(reserved.size + dynamic);
        for (const network of networks) await world.clear(network);
      },
    ),
    { numRuns: 12 },
  );
  await world.db.deleteFrom('physical_networks').where('id', '=', second.id).execute();
  if (held.length > 0) await world.db.insertInto('vlan_tags').values(held).execute();
}, 120_000);

test('networks that ask at once get a source NAT address each, until none is free', async () => {
  const networks: NetworkRow[] = [];
  for (const _ of times(52)) networks.push(await world.network());
  const { values, codes } = await outcome(
    networks.map(network => transact(world.db, tx => ensureSourceNat(tx, network))),
  );
  expect(new Set(values.map(row => row.address)).size).toBe(50);
  expect(codes).toEqual(['insufficient_address', 'insufficient_address']);
  for (const network of networks) await world.clear(network);
  const free = await world.db
    .selectFrom('public_addresses')
    .select('id')
    .where('state', '=', 'Free')
    .execute();
  expect(free).toHaveLength(50);
});

test('NICs that ask at once get an address each: all of the network but its own three', async () => {
  const network = await world.network({ cidr: '10.9.0.0/28', gateway: '10.9.0.1' });
  const { id: instance_id } = await world.instance(network, 5);
  const take = (device: number) =>
    transact(world.db, async tx => {
      const address = await allocateGuestAddress(tx, network);
      await tx
        .insertInto('nics')
        .values({
          instance_id,
          network_id: network.id,
          device,
          mac: await allocateMac(tx),
          address,
          is_default: false,
          generation: 1,
          state: 'Add',
        })
        .execute();
      return address;
    });
  const { values, codes } = await outcome(times(15).map(index => take(index + 1)));
  expect(new Set(values).size).toBe(12);
  expect(codes).toEqual(times(3).map(() => 'insufficient_address'));
  for (const address of values) {
    expect(cidrContains(cidr('10.9.0.0/28'), ipv4(address))).toBe(true);
    expect(['10.9.0.0', '10.9.0.1', '10.9.0.6', '10.9.0.15']).not.toContain(address);
  }
});

test('a requested guest address must be in the network, unreserved and free', async () => {
  const network = await world.network({ cidr: '10.9.1.0/24', gateway: '10.9.1.1' });
  await world.instance(network, 5);
  const ask = (address: string) =>
    transact(world.db, tx => allocateGuestAddress(tx, network, address));
  expect(await ask('10.9.1.77')).toBe('10.9.1.77');
  for (const address of ['10.9.2.1', '10.9.1.0', '10.9.1.1', '10.9.1.255', '10.9.1.6', 'x'])
    await expect(ask(address)).rejects.toMatchObject({ code: 'refused_value' });
});

test('networks that an account makes at once do not overlap', async () => {
  const offering = await world.db
    .selectFrom('network_offerings')
    .select('id')
    .where('availability', '=', 'Required')
    .executeTakeFirstOrThrow();
  await world.db.deleteFrom('vlan_tags').execute();
  const create = (name: string) =>
    world.begin(networkCommands.createNetwork, {
      name,
      zoneid: world.zoneId,
      networkofferingid: offering.id,
    });
  await Promise.all(times(10).map(index => create(`at-once-${index}`)));
  const rows = await world.db
    .selectFrom('networks')
    .select('cidr')
    .where('name', 'like', 'at-once-%')
    .execute();
  expect(new Set(rows.map(row => row.cidr)).size).toBe(10);
});
