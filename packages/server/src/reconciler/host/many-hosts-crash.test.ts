import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestHost, type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
/** What was started while it ran elsewhere on a host that was not known to be dead. */
const twice: string[] = [];

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  zone = await testZone({ hosts: 3, sharedStorage: 'nfs1' });
  for (const one of zone.hosts)
    one.agent.intercept = (command, id, done) => {
      if (done || (command !== 'startGuest' && command !== 'startRouter')) return;
      const runs = zone.hosts.filter(
        ({ agent }) =>
          agent.connected &&
          (agent.guests.get(id)?.running === true || agent.routers.get(id)?.running === true),
      );
      if (runs.some(other => other.id !== one.id)) twice.push(`${command} ${id}`);
    };
});
afterEach(() => expect(twice).toEqual([]));
afterAll(async () => {
  vi.useRealTimers();
  await zone.close();
});

const host = (n: number): TestHost => {
  const found = zone.hosts[n];
  if (found === undefined) throw new Error(`no host ${n}`);
  return found;
};

interface Mortal {
  readonly reconciler: RunningReconciler;
  readonly points: string[];
  readonly died: () => boolean;
}

/** A server that dies at the n-th pass of a point, and does nothing afterwards. */
function mortal(deadly: { readonly point: string; readonly pass: number } | null): Mortal {
  const points: string[] = [];
  let dead = false;
  const reconciler = zone.reconciler({
    parallel: 1,
    fault(point) {
      points.push(point);
      if (point === deadly?.point && points.filter(one => one === point).length === deadly.pass) {
        dead = true;
        void reconciler.close();
      }
      if (dead) throw new Error(`died at ${point}`);
    },
  });
  return { reconciler, points, died: () => dead };
}

/** What a host of the fleet and the instances on it can go through. Stops when the server is dead. */
async function live({ reconciler, died }: Mortal): Promise<void> {
  const networkId = await zone.addNetwork();
  const first = await zone.deploy(networkId, { hostId: host(1).id, highlyAvailable: true });
  const second = await zone.deploy(networkId, { hostId: host(1).id });
  await zone.job('instance', first);
  const setState = (n: number, state: 'Enabled' | 'Disabled' | 'PrepareForMaintenance') =>
    zone.db
      .updateTable('hosts')
      .set({ resource_state: state })
      .where('id', '=', host(n).id)
      .execute();
  const later = (seconds: number) => async () => {
    vi.setSystemTime(Date.now() + seconds * 1000);
  };
  const steps: (() => Promise<unknown>)[] = [
    async () => undefined,
    () => zone.move(first, host(2).id),
    () => zone.move(first, host(1).id),
    () => setState(1, 'PrepareForMaintenance'),
    () => setState(1, 'Enabled'),
    async () => {
      // The router comes to the host that dies later.
      for (const n of [0, 2]) await setState(n, 'Disabled');
      const { generation } = await zone.db
        .selectFrom('networks')
        .select('generation')
        .where('id', '=', networkId)
        .executeTakeFirstOrThrow();
      await zone.askNetwork(networkId, { replace_generation: generation + 1 });
      await zone.ask(second, 'Stopped');
    },
    async () => {
      for (const n of [0, 2]) await setState(n, 'Enabled');
      await zone.move(first, host(1).id);
      await zone.db
        .updateTable('instances')
        .set({ state: 'Starting', desired_state: 'Running', requested_host_id: host(1).id })
        .where('id', '=', second)
        .execute();
    },
    () => zone.fleet.kill(host(1).id),
    later(45),
    () => zone.fleet.connect(host(1).id),
    () => zone.ask(first, 'Stopped'),
    () => zone.ask(second, 'Expunged'),
  ];
  for (const step of steps) {
    if (died()) return;
    await step();
    for (let round = 0; round < 3; round += 1) {
      await reconciler.watch.tendHosts().catch(() => undefined);
      for (const id of [first, second]) reconciler.wake('instance', id);
      reconciler.wake('network', networkId);
      await reconciler.idle();
    }
  }
}

/** The next server finds all hosts there, and finishes what was begun. */
async function takeOver(): Promise<void> {
  await zone.db
    .updateTable('hosts')
    .set({ resource_state: 'Enabled' })
    .where('resource_state', '<>', 'Enabled')
    .execute();
  const next = zone.reconciler();
  for (const { id, agent } of zone.hosts) if (!agent.connected) await zone.fleet.connect(id);
  await next.start();
  await settle(next);
  await expectAgreement(zone);
  const ids = async (table: 'instances' | 'networks') =>
    (await zone.db.selectFrom(table).select('id').execute()).map(row => row.id);
  for (const id of await ids('instances')) await zone.ask(id, 'Expunged');
  await settle(next);
  for (const id of await ids('networks')) await zone.askNetwork(id, { desired_state: 'Destroyed' });
  await settle(next);
  await next.watch.compareHosts();
  for (const { agent } of zone.hosts)
    expect([...agent.segments, ...agent.routers, ...agent.guests, ...agent.disks]).toEqual([]);
  for (const table of ['instances', 'networks', 'routers', 'nics', 'vlan_tags'] as const)
    expect(await zone.db.selectFrom(table).selectAll().execute()).toEqual([]);
  const states = await zone.db.selectFrom('hosts').select('state').execute();
  for (const { state } of states) expect(state).toBe('Up');
  await next.close();
}

async function settle(reconciler: RunningReconciler): Promise<void> {
  await reconciler.watch.tendHosts();
  await convergeAll(zone, reconciler);
}

test('a server of many hosts that dies at any step is taken over: nothing runs twice, nothing leaks', async () => {
  const immortal = mortal(null);
  await live(immortal);
  await immortal.reconciler.close();
  await takeOver();
  const names = [...new Set(immortal.points)];
  for (const name of [
    'segment.brought',
    'segment.told',
    'segment.removed',
    'instance.migrate.ready',
    'instance.migrate.prepared',
    'instance.migrate.sent',
    'instance.migrate.recorded',
    'instance.adjust.plugged',
    'host.compare.cleared',
    'host.state.entered',
    'host.lost.taken',
    'host.maintenance.moves',
    'host.maintenance.recorded',
    'network.replace.recorded',
    'router.start.placed',
  ])
    expect(names).toContain(name);
  for (const point of names) {
    const passes = immortal.points.filter(one => one === point).length;
    for (const pass of new Set([1, passes])) {
      const mortalOne = mortal({ point, pass });
      await live(mortalOne);
      await mortalOne.reconciler.close();
      await takeOver();
      expect(twice).toEqual([]);
    }
  }
}, 400_000);
