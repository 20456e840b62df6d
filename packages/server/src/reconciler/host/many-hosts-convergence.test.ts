import { IsolaError } from '@isola/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestHost, type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  zone = await testZone({ hosts: 3, sharedStorage: 'nfs1', vlans: 4, addresses: 4 });
});
afterAll(async () => {
  vi.useRealTimers();
  await zone.close();
});

const often = ['deploy', 'deploy', 'stop', 'start', 'move', 'move', 'forward'] as const;
const seldom = ['expunge', 'replace', 'lose', 'kill', 'return', 'wait', 'empty', 'fill'] as const;
type Operation = (typeof often)[number] | (typeof seldom)[number];

const step = fc.record({
  operation: fc.constantFrom<Operation>(...often, ...seldom, ...seldom),
  pick: fc.nat(20),
  /** Whether the reconciler gets the time to finish before the next operation. */
  settle: fc.boolean(),
});

/** What the hosts' commands do, one after the other. */
const fates = fc.array(
  fc.oneof(
    { weight: 7, arbitrary: fc.constant('works' as const) },
    { weight: 1, arbitrary: fc.constant('fails before' as const) },
    { weight: 2, arbitrary: fc.constant('fails after' as const) },
  ),
  { maxLength: 40 },
);

function hostAt(pick: number): TestHost {
  const host = zone.hosts[pick % zone.hosts.length];
  if (host === undefined) throw new Error('no hosts');
  return host;
}

/** The machine of the server itself is never away. */
const remoteAt = (pick: number): TestHost => hostAt((pick % (zone.hosts.length - 1)) + 1);

async function perform(operation: Operation, pick: number): Promise<void> {
  const { db } = zone;
  const networks = await db.selectFrom('networks').selectAll().orderBy('seq').execute();
  const network = networks[pick % Math.max(networks.length, 1)];
  const instances = await db
    .selectFrom('instances')
    .innerJoin('nics', 'nics.instance_id', 'instances.id')
    .selectAll('instances')
    .select('nics.network_id')
    .where('desired_state', '<>', 'Expunged')
    .orderBy('instances.seq')
    .execute();
  const instance = instances[pick % Math.max(instances.length, 1)];
  if (network === undefined) return;
  switch (operation) {
    case 'deploy':
      if (instances.length < 8) await zone.deploy(network.id, { highlyAvailable: pick % 2 === 0 });
      return;
    case 'stop':
      if (instance?.state === 'Running') await zone.ask(instance.id, 'Stopped');
      return;
    case 'start':
      if (instance?.state !== 'Stopped' || instance.desired_state !== 'Stopped') return;
      await zone.askNetwork(instance.network_id, { desired_state: 'Implemented' });
      await db
        .updateTable('instances')
        .set({ state: 'Starting' })
        .where('id', '=', instance.id)
        .execute();
      await zone.ask(instance.id, 'Running');
      return;
    case 'move':
      if (instance?.state === 'Running' && instance.desired_state === 'Running')
        await zone.move(instance.id, hostAt(pick).id);
      return;
    case 'forward':
      if (instance?.state === 'Running')
        await zone.forward(instance.network_id, instance.id, pick + 1).catch(() => undefined);
      return;
    case 'expunge':
      if (instance !== undefined) await zone.ask(instance.id, 'Expunged');
      return;
    case 'replace':
      await zone.askNetwork(network.id, { replace_generation: network.generation + 1 });
      return;
    case 'lose':
      if (remoteAt(pick).agent.connected) await zone.fleet.disconnect(remoteAt(pick).id);
      return;
    case 'kill':
      if (remoteAt(pick).agent.connected) await zone.fleet.kill(remoteAt(pick).id);
      return;
    case 'return':
      if (!remoteAt(pick).agent.connected) await zone.fleet.connect(remoteAt(pick).id);
      return;
    case 'wait':
      vi.setSystemTime(Date.now() + 45_000);
      return;
    case 'empty':
    case 'fill':
      await db
        .updateTable('hosts')
        .set({ resource_state: operation === 'empty' ? 'PrepareForMaintenance' : 'Enabled' })
        .where('id', '=', hostAt(pick).id)
        .execute();
      return;
  }
}

/** Commands meet their fates; what is started while it runs elsewhere on a host that is there is noted. */
function intercept(list: readonly ('works' | 'fails before' | 'fails after')[]): string[] {
  const rest = [...list];
  const twice: string[] = [];
  for (const one of zone.hosts) {
    let fate: (typeof list)[number] | undefined;
    one.agent.intercept = (command, id, done) => {
      if (!done) fate = rest.shift();
      if (!done && (command === 'startGuest' || command === 'startRouter'))
        for (const { agent } of zone.hosts)
          if (
            agent !== one.agent &&
            agent.connected &&
            (agent.guests.get(id)?.running === true || agent.routers.get(id)?.running === true)
          )
            twice.push(`${command} ${id}`);
      if ((!done && fate === 'fails before') || (done && fate === 'fails after'))
        throw new IsolaError('resource_unavailable', { reason: `${command} of ${id} failed` });
    };
  }
  return twice;
}

/** All hosts are there and may be used. */
async function mend(reconciler: RunningReconciler): Promise<void> {
  for (const { agent } of zone.hosts) agent.intercept = () => undefined;
  await zone.db.updateTable('hosts').set({ resource_state: 'Enabled' }).execute();
  for (const { id, agent } of zone.hosts) if (!agent.connected) await zone.fleet.connect(id);
  await reconciler.idle();
  await reconciler.watch.tendHosts();
  await convergeAll(zone, reconciler);
  await reconciler.watch.compareHosts();
  await convergeAll(zone, reconciler);
}

async function cleanUp(reconciler: RunningReconciler): Promise<void> {
  for (const [table, patch] of [
    ['instances', { desired_state: 'Expunged' }],
    ['networks', { desired_state: 'Destroyed' }],
  ] as const) {
    await zone.db
      .updateTable(table)
      .set(eb => ({ ...patch, generation: eb('generation', '+', 1) }))
      .execute();
    await convergeAll(zone, reconciler);
  }
  for (const { agent } of zone.hosts)
    expect([
      ...agent.segments,
      ...agent.routers.keys(),
      ...agent.guests.keys(),
      ...agent.disks,
    ]).toEqual([]);
  await reconciler.close();
}

test('after any operations with hosts that come and go, rows and hosts agree, and nothing ran twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fates,
      async (steps, list) => {
        const reconciler = zone.reconciler();
        await reconciler.watch.compareHosts();
        const networks = [await zone.addNetwork(), await zone.addNetwork()];
        const twice = intercept(list);
        for (const { operation, pick, settle } of steps) {
          await perform(operation, pick);
          await reconciler.watch.tendHosts();
          for (const id of networks) reconciler.wake('network', id);
          const guests = await zone.db.selectFrom('instances').select('id').execute();
          for (const { id } of guests) reconciler.wake('instance', id);
          if (settle) await reconciler.idle();
        }
        await mend(reconciler);
        await expectAgreement(zone);
        expect(twice).toEqual([]);
        await cleanUp(reconciler);
      },
    ),
    { numRuns: 25, interruptAfterTimeLimit: 60_000 },
  );
}, 180_000);
