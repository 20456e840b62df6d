import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningReconciler } from './reconciler.ts';
import { convergeAll, expectAgreement } from './test-agreement.ts';
import { type TestZone, testZone } from './test-zone.ts';

let zone: TestZone;

beforeAll(async () => {
  zone = await testZone();
  await zone.db.insertInto('settings').values({ name: 'network.gc.wait', value: '0' }).execute();
});
afterAll(() => zone.close());

/** A server that dies at a step does nothing afterwards: it neither records nor repairs. */
interface Mortal {
  readonly reconciler: RunningReconciler;
  /** Steps passed. */
  readonly points: string[];
  readonly died: () => boolean;
}

function mortal(deadly: number): Mortal {
  const points: string[] = [];
  let dead = false;
  const reconciler = zone.reconciler({
    parallel: 1,
    fault(point) {
      points.push(point);
      if (points.length === deadly) {
        dead = true;
        void reconciler.close();
      }
      if (dead) throw new Error(`died at ${point}`);
    },
  });
  return { reconciler, points, died: () => dead };
}

/** A life of a network and an instance, through every operation. Stops when the server is dead. */
async function live({ reconciler, died }: Mortal): Promise<void> {
  const networkId = await zone.addNetwork();
  const instanceId = await zone.deploy(networkId);
  await zone.job('instance', instanceId);
  const router = (patch: (generation: number) => object) => async () => {
    await zone.askNetwork(networkId, {});
    const { generation } = await zone.db
      .selectFrom('networks')
      .select('generation')
      .where('id', '=', networkId)
      .executeTakeFirstOrThrow();
    await zone.db
      .updateTable('routers')
      .set(patch(generation))
      .where('network_id', '=', networkId)
      .execute();
  };
  const network = (patch: (generation: number) => object) => async () => {
    const { generation } = await zone.db
      .selectFrom('networks')
      .select('generation')
      .where('id', '=', networkId)
      .executeTakeFirstOrThrow();
    await zone.askNetwork(networkId, patch(generation + 1));
    await zone.job('network', networkId);
  };
  const steps: (() => Promise<unknown>)[] = [
    async () => undefined,
    () => zone.forward(networkId, instanceId, 80),
    network(generation => ({ full_generation: generation })),
    network(generation => ({ resync_generation: generation })),
    network(generation => ({ replace_generation: generation })),
    router(() => ({ desired_state: 'Stopped', state: 'Stopping' })),
    () => zone.forward(networkId, instanceId, 81),
    router(() => ({ desired_state: 'Running', state: 'Starting' })),
    router(generation => ({ reboot_generation: generation })),
    router(() => ({ desired_state: 'Destroyed', state: 'Destroying' })),
    network(generation => ({ replace_generation: generation })),
    async () => {
      await zone.ask(instanceId, 'Running');
      await zone.db
        .updateTable('instances')
        .set(eb => ({ reboot_generation: eb.ref('generation') }))
        .where('id', '=', instanceId)
        .execute();
    },
    async () => {
      await zone.ask(instanceId, 'Running');
      await zone.db
        .updateTable('instances')
        .set({ restoring: true })
        .where('id', '=', instanceId)
        .execute();
    },
    () => zone.ask(instanceId, 'Stopped'),
    () => reconciler.watch.collectIdleNetworks().catch(() => undefined),
    async () => {
      await zone.askNetwork(networkId, { desired_state: 'Implemented', idle_since: null });
      await zone.ask(instanceId, 'Running');
    },
    () => zone.ask(instanceId, 'Destroyed'),
    async () => {
      await zone.ask(instanceId, 'Expunged');
      await zone.job('instance', instanceId);
    },
    async () => {
      await zone.askNetwork(networkId, { desired_state: 'Destroyed' });
      await zone.job('network', networkId);
    },
  ];
  for (const step of steps) {
    if (died()) return;
    await step();
    reconciler.wake('instance', instanceId);
    reconciler.wake('network', networkId);
    await reconciler.idle();
  }
}

/** As `live`, with a segment that no router is in. */
async function liveWithoutRouter({ reconciler, died }: Mortal): Promise<void> {
  const networkId = await zone.addNetwork('L2');
  const instanceId = await zone.deploy(networkId);
  await zone.job('instance', instanceId);
  const steps: (() => Promise<unknown>)[] = [
    async () => undefined,
    () => zone.askNetwork(networkId, { private_mtu: 1400 }),
    () => zone.ask(instanceId, 'Stopped'),
    () => reconciler.watch.collectIdleNetworks().catch(() => undefined),
    async () => {
      await zone.askNetwork(networkId, { desired_state: 'Implemented', idle_since: null });
      await zone.ask(instanceId, 'Running');
    },
    () => zone.ask(instanceId, 'Expunged'),
    () => zone.askNetwork(networkId, { desired_state: 'Destroyed' }),
  ];
  for (const step of steps) {
    if (died()) return;
    await step();
    reconciler.wake('instance', instanceId);
    reconciler.wake('network', networkId);
    await reconciler.idle();
  }
}

/** Everything is taken away again; then nothing is left. */
async function cleanUp(reconciler: RunningReconciler): Promise<void> {
  const ids = async (table: 'instances' | 'networks') =>
    (await zone.db.selectFrom(table).select('id').execute()).map(row => row.id);
  for (const id of await ids('instances')) await zone.ask(id, 'Expunged');
  await convergeAll(zone, reconciler);
  for (const id of await ids('networks')) await zone.askNetwork(id, { desired_state: 'Destroyed' });
  await convergeAll(zone, reconciler);
  for (const table of ['instances', 'networks', 'routers', 'nics', 'vlan_tags'] as const)
    expect(await zone.db.selectFrom(table).selectAll().execute()).toEqual([]);
  expect([...zone.agent.segments, ...zone.agent.routers, ...zone.agent.guests]).toEqual([]);
  await expectAgreement(zone);
}

test('a server that dies at any step is taken over: all is completed, nothing leaks', async () => {
  expect(await dieAtEachStep(live)).toBeGreaterThan(60);
}, 240_000);

test('so is one that dies with a segment that no router is in', async () => {
  expect(await dieAtEachStep(liveWithoutRouter)).toBeGreaterThan(15);
}, 240_000);

/** Lives once to the end, and once to each step of it; gives the number of steps. */
async function dieAtEachStep(life: (server: Mortal) => Promise<void>): Promise<number> {
  const immortal = mortal(-1);
  await life(immortal);
  await cleanUp(immortal.reconciler);
  await immortal.reconciler.close();
  const points = immortal.points.slice();
  for (let deadly = 1; deadly <= points.length; deadly += 1) {
    const first = mortal(deadly);
    await life(first);
    await first.reconciler.close();
    const next = zone.reconciler();
    await next.start();
    await convergeAll(zone, next);
    await expectAgreement(zone);
    await cleanUp(next);
    await next.close();
  }
  return points.length;
}
