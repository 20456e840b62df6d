import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AffinityType, affinityTypes } from '../../features/affinity-group/types.ts';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

interface Wish {
  /** Numbers of groups. */
  readonly groups: readonly number[];
  readonly round: number;
  readonly stops: boolean;
}

const groups = fc.array(fc.constantFrom(...affinityTypes), { minLength: 1, maxLength: 3 });
const wishes = fc.array(
  fc.record({
    groups: fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
    round: fc.nat(2),
    stops: fc.boolean(),
  }),
  { minLength: 2, maxLength: 7 },
);

test('whatever starts and stops at once, no group of running instances is placed against its rule', async () => {
  const zone = await testZone({ hosts: 3, addresses: 200 });
  const reconciler = zone.reconciler({ patience: { first: 1, longest: 5, jobs: 50 } });
  await reconciler.start();
  const networkId = await zone.addNetwork();
  try {
    await fc.assert(
      fc.asyncProperty(groups, wishes, (types, wanted) =>
        tryOut({ zone, reconciler, networkId }, types, wanted),
      ),
      { numRuns: 12 },
    );
  } finally {
    await reconciler.close();
    await zone.close();
  }
}, 120_000);

interface World {
  readonly zone: TestZone;
  readonly reconciler: RunningReconciler;
  readonly networkId: string;
}

async function tryOut(
  { zone, reconciler, networkId }: World,
  types: readonly AffinityType[],
  wishes: readonly Wish[],
): Promise<void> {
  const ids = await addGroups(zone, types);
  const members = new Map<string, readonly string[]>();
  for (const round of [0, 1, 2]) {
    for (const wish of wishes.filter(one => one.round === round)) {
      const id = await zone.deploy(networkId);
      const mine = wish.groups.flatMap(n => ids[n] ?? []);
      for (const group_id of mine)
        await zone.db
          .insertInto('affinity_group_instances')
          .values({ group_id, instance_id: id })
          .execute();
      members.set(id, mine);
    }
    for (const id of members.keys()) reconciler.wake('instance', id);
    await convergeAll(zone, reconciler);
    await expectKept(zone, types, ids);
    const stopping = [...members.keys()].filter((_, n) => wishes[n]?.stops);
    for (const id of stopping) await zone.ask(id, round === 1 ? 'Running' : 'Stopped');
    for (const id of stopping) reconciler.wake('instance', id);
    await convergeAll(zone, reconciler);
    await expectKept(zone, types, ids);
  }
  for (const id of members.keys()) await zone.ask(id, 'Expunged');
  for (const id of members.keys()) reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
}

async function addGroups(zone: TestZone, types: readonly AffinityType[]): Promise<string[]> {
  const owner = await zone.db
    .selectFrom('accounts')
    .select(['id', 'domain_id'])
    .orderBy('seq')
    .executeTakeFirstOrThrow();
  const rows = await zone.db
    .insertInto('affinity_groups')
    .values(
      types.map(type => ({
        account_id: owner.id,
        domain_id: owner.domain_id,
        name: randomUUID(),
        type,
      })),
    )
    .returning('id')
    .execute();
  return rows.map(row => row.id);
}

async function expectKept(
  zone: TestZone,
  types: readonly AffinityType[],
  ids: readonly string[],
): Promise<void> {
  for (const [n, type] of types.entries()) {
    const rows = await zone.db
      .selectFrom('instances')
      .innerJoin('affinity_group_instances as m', 'm.instance_id', 'instances.id')
      .select('instances.host_id')
      .where('m.group_id', '=', ids[n] ?? '')
      .where('instances.state', '=', 'Running')
      .execute();
    const hosts = new Set(rows.map(row => row.host_id));
    if (type === 'host anti-affinity') expect(hosts.size).toBe(rows.length);
    if (type === 'host affinity') expect(hosts.size).toBeLessThanOrEqual(1);
    // Nothing else is asked, and there is room on each host.
    if (type === 'non-strict host affinity' && types.length === 1)
      expect(hosts.size).toBeLessThanOrEqual(1);
  }
}
