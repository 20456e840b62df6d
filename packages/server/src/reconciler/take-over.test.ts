import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunningReconciler } from './reconciler.ts';
import { convergeAll, expectAgreement } from './test-agreement.ts';
import { type TestZone, testZone } from './test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
let instanceId: string;
let stoppedId: string;

beforeEach(async () => {
  zone = await testZone();
  reconciler = zone.reconciler();
  const networkId = await zone.addNetwork();
  instanceId = await zone.deploy(networkId);
  stoppedId = await zone.deploy(networkId);
  for (const id of [instanceId, stoppedId]) reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  await zone.ask(stoppedId, 'Stopped');
  reconciler.wake('instance', stoppedId);
  await convergeAll(zone, reconciler);
  await reconciler.close();
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

const stateOf = (id: string) =>
  zone.db
    .selectFrom('instances')
    .select(['state', 'desired_state'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

/** What a restart of the machine leaves: disks and rows. */
function loseHost(): void {
  for (const one of [...zone.agent.routers.values(), ...zone.agent.guests.values()])
    one.running = false;
  zone.agent.segments.clear();
}

test('what should run and was lost with the machine is started again; what was stopped stays stopped', async () => {
  loseHost();
  reconciler = zone.reconciler();
  await reconciler.start();
  await vi.waitFor(async () => {
    await convergeAll(zone, reconciler);
    expect(await stateOf(instanceId)).toEqual({ state: 'Running', desired_state: 'Running' });
  });
  expect(zone.agent.guests.get(instanceId)?.running).toBe(true);
  expect(await stateOf(stoppedId)).toEqual({ state: 'Stopped', desired_state: 'Stopped' });
  expect(zone.agent.guests.get(stoppedId)?.running).toBe(false);
  await expectAgreement(zone);
});

test('a host that cannot be compared at the start is taken over by the next comparison', async () => {
  loseHost();
  const inventory = zone.agent.inventory.bind(zone.agent);
  zone.agent.inventory = () => Promise.reject(new Error('not yet'));
  reconciler = zone.reconciler();
  await reconciler.start();
  zone.agent.inventory = inventory;
  await reconciler.watch.compareHosts();
  await vi.waitFor(async () => {
    await convergeAll(zone, reconciler);
    expect(await stateOf(instanceId)).toMatchObject({ state: 'Running' });
  });
});

test('a guest that shuts itself down while the server watches is Stopped', async () => {
  reconciler = zone.reconciler();
  await reconciler.start();
  const guest = zone.agent.guests.get(instanceId);
  if (guest === undefined) throw new Error('no guest on the host');
  guest.running = false;
  await reconciler.watch.compareHosts();
  await convergeAll(zone, reconciler);
  expect(await stateOf(instanceId)).toEqual({ state: 'Stopped', desired_state: 'Stopped' });
});

test('guests that go down after the server began to stop are not taken for shut down', async () => {
  zone.agent.emit({ kind: 'instance-stopped', id: instanceId });
  reconciler = zone.reconciler();
  await reconciler.start();
  await convergeAll(zone, reconciler);
  expect(await stateOf(instanceId)).toEqual({ state: 'Running', desired_state: 'Running' });
});
