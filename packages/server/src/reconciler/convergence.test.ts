import { IsolaError } from '@isola/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningReconciler } from './reconciler.ts';
import { convergeAll, expectAgreement } from './test-agreement.ts';
import { type TestZone, testZone } from './test-zone.ts';

let zone: TestZone;

beforeAll(async () => {
  zone = await testZone({ vlans: 4, addresses: 4 });
  await zone.db.insertInto('settings').values({ name: 'network.gc.wait', value: '0' }).execute();
});
afterAll(() => zone.close());

const operations = ['network', 'deploy', 'stop', 'start', 'expunge', 'forward'] as const;
const changes = ['resync', 'replace', 'idle', 'destroy', 'halt', 'stray'] as const;
type Operation = (typeof operations)[number] | (typeof changes)[number];

const step = fc.record({
  operation: fc.constantFrom<Operation>(...operations, ...operations, ...changes),
  pick: fc.nat(20),
  /** Whether the reconciler gets the time to finish before the next operation. */
  settle: fc.boolean(),
});

/** What the host's commands do, one after the other: work, fail before or after they took effect, or refuse for good. */
const fates = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant('works' as const) },
    { weight: 2, arbitrary: fc.constant('fails before' as const) },
    { weight: 2, arbitrary: fc.constant('fails after' as const) },
    { weight: 1, arbitrary: fc.constant('refuses' as const) },
  ),
  { maxLength: 40 },
);

async function perform(operation: Operation, pick: number): Promise<void> {
  const { db, agent } = zone;
  const networks = await db
    .selectFrom('networks')
    .selectAll()
    .where('desired_state', '<>', 'Destroyed')
    .orderBy('seq')
    .execute();
  const network = networks[pick % Math.max(networks.length, 1)];
  const instances = await db
    .selectFrom('instances')
    .innerJoin('nics', 'nics.instance_id', 'instances.id')
    .select(['instances.id', 'instances.state', 'nics.network_id'])
    .where('desired_state', '<>', 'Expunged')
    .orderBy('instances.seq')
    .execute();
  const instance = instances[pick % Math.max(instances.length, 1)];
  if (operation === 'network') {
    if (networks.length < 6) await zone.addNetwork();
    return;
  }
  if (network === undefined) return;
  switch (operation) {
    case 'deploy': {
      const id = await zone.deploy(network.id);
      await zone.job('instance', id);
      return;
    }
    case 'stop':
      if (instance?.state === 'Running') await zone.ask(instance.id, 'Stopped');
      return;
    case 'start':
      if (instance?.state !== 'Stopped') return;
      await zone.askNetwork(instance.network_id, {
        desired_state: 'Implemented',
        idle_since: null,
      });
      await db
        .updateTable('instances')
        .set({ state: 'Starting' })
        .where('id', '=', instance.id)
        .execute();
      await zone.ask(instance.id, 'Running');
      return;
    case 'expunge':
      if (instance !== undefined) await zone.ask(instance.id, 'Expunged');
      return;
    case 'forward': {
      const address = await db
        .selectFrom('public_addresses')
        .select('id')
        .where('network_id', '=', instance?.network_id ?? network.id)
        .executeTakeFirst();
      if (instance === undefined || address === undefined) return;
      await zone.forward(instance.network_id, instance.id, pick + 1);
      await zone.job('network', instance.network_id);
      return;
    }
    case 'resync':
      await zone.askNetwork(network.id, { resync_generation: network.generation + 1 });
      return;
    case 'replace':
      await zone.askNetwork(network.id, { replace_generation: network.generation + 1 });
      return;
    case 'destroy':
      if (instances.every(one => one.network_id !== network.id))
        await zone.askNetwork(network.id, { desired_state: 'Destroyed' });
      return;
    case 'halt': {
      const host = [...agent.routers.values(), ...agent.guests.values()][pick];
      if (host === undefined) return;
      host.running = false;
      agent.emit({ kind: 'instance-stopped', id: host.spec.id });
      return;
    }
    case 'stray':
      agent.segments.add(3000 + pick);
      return;
    case 'idle':
      return;
  }
}

function failing(list: readonly ('works' | 'fails before' | 'fails after' | 'refuses')[]): void {
  const rest = [...list];
  let fate: (typeof list)[number] | undefined;
  zone.agent.intercept = (command, subject, done) => {
    if (!done) fate = rest.shift();
    const starts = command === 'startRouter' || command === 'startGuest';
    if (!done && fate === 'refuses' && starts)
      throw new IsolaError('insufficient_capacity', { reason: 'the host is full' });
    if ((!done && fate === 'fails before') || (done && fate === 'fails after'))
      throw new IsolaError('resource_unavailable', { reason: `${command} of ${subject} failed` });
  };
}

async function cleanUp(reconciler: RunningReconciler): Promise<void> {
  await zone.db
    .updateTable('instances')
    .set(eb => ({ desired_state: 'Expunged', generation: eb('generation', '+', 1) }))
    .execute();
  await convergeAll(zone, reconciler);
  await zone.db
    .updateTable('networks')
    .set(eb => ({ desired_state: 'Destroyed', generation: eb('generation', '+', 1) }))
    .execute();
  await convergeAll(zone, reconciler);
  const left = [...zone.agent.segments, ...zone.agent.routers.keys(), ...zone.agent.guests.keys()];
  expect(left).toEqual([]);
  const taken = await zone.db
    .selectFrom('public_addresses')
    .select('address')
    .where('state', '<>', 'Free')
    .execute();
  expect(taken).toEqual([]);
  expect(await zone.db.selectFrom('vlan_tags').selectAll().execute()).toEqual([]);
}

test('after any operations with any failures, rows, tags, addresses and the host agree', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fates,
      async (steps, list) => {
        const reconciler = zone.reconciler();
        failing(list);
        for (const { operation, pick, settle } of steps) {
          await perform(operation, pick);
          if (operation === 'idle') await reconciler.watch.collectIdleNetworks();
          const rows = await zone.db.selectFrom('networks').select('id').execute();
          for (const { id } of rows) reconciler.wake('network', id);
          const guests = await zone.db.selectFrom('instances').select('id').execute();
          for (const { id } of guests) reconciler.wake('instance', id);
          if (settle) await reconciler.idle();
        }
        zone.agent.intercept = () => undefined;
        await convergeAll(zone, reconciler);
        await reconciler.watch.compareHosts();
        await convergeAll(zone, reconciler);
        await expectAgreement(zone);
        await cleanUp(reconciler);
        await reconciler.close();
      },
    ),
    { numRuns: 25, interruptAfterTimeLimit: 60_000 },
  );
}, 180_000);
