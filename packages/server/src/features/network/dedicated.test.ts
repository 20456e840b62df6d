import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NetworkRow } from '../../store/schema.ts';
import { transact } from '../../store/transaction.ts';
import { assignAddress, lockFreeAddress } from '../public-address/acquire.ts';
import { insertPublicRange } from '../public-range/insert.ts';
import { type TestNetworks, testNetworks } from './test-network.ts';
import { allocateVlan } from './vlan.ts';

const firstTag = 100;
const tags = 16;

let world: TestNetworks;
/** Accounts that may have tags and addresses of their own: one in a domain of its own. */
let owners: readonly { account_id: string; domain_id: string }[];
let physicalId: string;

beforeAll(async () => {
  world = await testNetworks({ first: firstTag, last: firstTag + tags - 1 });
  const { id: root } = world.caller.domain;
  const domain = await world.db
    .insertInto('domains')
    .values({ parent_id: root, name: 'sub', path: 'ROOT/sub', network_domain: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  const roles = await world.db.selectFrom('accounts').select(['role', 'role_id']).execute();
  const made = [];
  for (const [n, domainId] of [root, root, domain.id].entries()) {
    const { id } = await world.db
      .insertInto('accounts')
      .values({
        domain_id: domainId,
        name: `a${n}`,
        role: 'User',
        role_id: roles[0]?.role_id ?? '',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    made.push({ account_id: id, domain_id: domainId });
  }
  owners = made;
  physicalId = (
    await world.db.selectFrom('physical_networks').select('id').executeTakeFirstOrThrow()
  ).id;
  await world.db.deleteFrom('public_addresses').execute();
  await world.db.deleteFrom('public_ranges').execute();
  for (const name of ['max.account.networks', 'max.account.public.ips'])
    await sql`insert into settings (name, value) values (${name}, '-1') on conflict (name) do update set value = '-1'`.execute(
      world.db,
    );
});
afterAll(() => world.close());

/** Where an account may take from: its own first, then (unless it must not) what is nobody's. */
interface Model {
  readonly own: readonly number[][];
  readonly shared: readonly number[];
  readonly fallBack: boolean;
}

const scenario = fc.record({
  /** Whose each pair of tags (each block of addresses) is; 3 is nobody's. */
  ranges: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: tags / 2, maxLength: tags / 2 }),
  /** Who asks, all at once. */
  askers: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 24 }),
  fallBack: fc.boolean(),
});

function modelOf({ ranges, fallBack }: { ranges: readonly number[]; fallBack: boolean }): Model {
  const of = (owner: number) =>
    ranges.flatMap((whose, place) => (whose === owner ? [2 * place, 2 * place + 1] : []));
  return { own: [0, 1, 2].map(of), shared: of(3), fallBack };
}

/** What came out must be what could have come out in some order of the askers. */
function judge(model: Model, askers: readonly number[], got: readonly (number | null)[]): void {
  const taken = got.filter(one => one !== null);
  expect(new Set(taken).size).toBe(taken.length);
  let sharedWanted = 0;
  for (const who of [0, 1, 2]) {
    const mine = model.own[who] ?? [];
    const asked = askers.filter(one => one === who).length;
    const results = got.filter((_, place) => askers[place] === who);
    const fromOwn = results.filter(one => one !== null && mine.includes(one)).length;
    for (const one of results) if (one !== null) expect([...mine, ...model.shared]).toContain(one);
    // Its own go first, to the last one.
    expect(fromOwn).toBe(Math.min(asked, mine.length));
    if (mine.length === 0 || model.fallBack) sharedWanted += asked - fromOwn;
    else expect(results.filter(one => one === null)).toHaveLength(asked - fromOwn);
  }
  const fromShared = taken.filter(one => model.shared.includes(one)).length;
  expect(fromShared).toBe(Math.min(sharedWanted, model.shared.length));
}

async function setUp(name: string, fallBack: boolean): Promise<void> {
  await sql`insert into settings (name, value) values (${name}, ${fallBack ? '1' : '0'})
    on conflict (name) do update set value = excluded.value`.execute(world.db);
}

async function networksOf(askers: readonly number[]): Promise<NetworkRow[]> {
  const made: NetworkRow[] = [];
  for (const who of askers) made.push(await world.network({ ...owners[who] }));
  return made;
}

test('tags that are set aside go to their accounts alone, however many ask at once', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ ranges, askers, fallBack }) => {
      await setUp('use.system.guest.vlans', fallBack);
      await world.db.deleteFrom('dedicated_vlan_ranges').execute();
      for (const [place, whose] of ranges.entries()) {
        const owner = owners[whose];
        if (owner === undefined) continue;
        const first = firstTag + 2 * place;
        await world.db
          .insertInto('dedicated_vlan_ranges')
          .values({
            physical_network_id: physicalId,
            ...owner,
            first_tag: first,
            last_tag: first + 1,
          })
          .execute();
      }
      const networks = await networksOf(askers);
      const got = await Promise.all(
        networks.map(network =>
          transact(world.db, tx => allocateVlan(tx, network)).then(
            tag => tag - firstTag,
            () => null,
          ),
        ),
      );
      for (const network of networks) await world.clear(network);
      judge(modelOf({ ranges, fallBack }), askers, got);
    }),
    { numRuns: 15 },
  );
}, 120_000);

test('public addresses that are set aside go to their accounts and domains alone', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ ranges, askers, fallBack }) => {
      await setUp('use.system.public.ips', fallBack);
      for (const [place, whose] of ranges.entries()) {
        const first = 10 + 2 * place;
        const range = await insertPublicRange(world.db, {
          zoneId: world.zoneId,
          physicalNetworkId: physicalId,
          block: {
            gateway: '198.51.100.1',
            prefix: 24,
            first: `198.51.100.${first}`,
            last: `198.51.100.${first + 1}`,
          },
          vlan: 'untagged',
        });
        const owner = owners[whose];
        // The third owner is alone in its domain: its ranges are the domain's.
        if (owner !== undefined)
          await world.db
            .updateTable('public_ranges')
            .set(whose === 2 ? { domain_id: owner.domain_id } : { account_id: owner.account_id })
            .where('id', '=', range.id)
            .execute();
      }
      const networks = await networksOf(askers);
      const got = await Promise.all(
        networks.map(network =>
          transact(world.db, async tx => {
            const free = await lockFreeAddress(tx, network);
            const wish = { network, state: 'Allocated', sourceNat: false, generation: 1 } as const;
            return assignAddress(tx, free, wish);
          }).then(
            ({ address }) => Number(address.split('.')[3]) - 10,
            () => null,
          ),
        ),
      );
      for (const network of networks) await world.clear(network);
      await world.db.deleteFrom('public_addresses').execute();
      await world.db.deleteFrom('public_ranges').execute();
      judge(modelOf({ ranges, fallBack }), askers, got);
    }),
    { numRuns: 15 },
  );
}, 120_000);
