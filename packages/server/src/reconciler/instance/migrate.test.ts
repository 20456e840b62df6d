import { IsolaError } from '@isola/model';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestHost, type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
let networkId: string;
let instanceId: string;

const host = (n: number): TestHost => {
  const found = zone.hosts[n];
  if (found === undefined) throw new Error(`no host ${n}`);
  return found;
};

beforeEach(async () => {
  zone = await testZone({ hosts: 3 });
  reconciler = zone.reconciler({ patience: { first: 1, longest: 5, jobs: 50 } });
  await reconciler.start();
  networkId = await zone.addNetwork();
  instanceId = await zone.deploy(networkId, { hostId: host(1).id });
  reconciler.wake('instance', instanceId);
  await convergeAll(zone, reconciler);
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

const instance = () =>
  zone.db
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', instanceId)
    .executeTakeFirstOrThrow();

/** Asks for the move; gives the job that waits for it. */
async function move(target: TestHost): Promise<string> {
  await zone.move(instanceId, target.id);
  const job = await zone.job('instance', instanceId);
  reconciler.wake('instance', instanceId);
  return job;
}

test('a running guest moves, is taken over by its new host, and its segment goes with it', async () => {
  const job = await move(host(2));
  await convergeAll(zone, reconciler);
  expect(await zone.readJob(job)).toMatchObject({ status: 1 });
  expect(await instance()).toMatchObject({
    state: 'Running',
    host_id: host(2).id,
    last_host_id: host(2).id,
  });
  expect(host(2).agent.calls.get('startGuest')).toBe(1);
  expect(host(1).agent.guests.has(instanceId)).toBe(false);
  expect(host(1).agent.disks.has(instanceId)).toBe(false);
  expect(host(1).agent.calls.get('stopGuest') ?? 0).toBe(0);
  await expectAgreement(zone);
});

test('a guest that cannot be sent stays, runs on, and the job and an alert say why', async () => {
  host(1).agent.intercept = (command, _, done) => {
    if (command === 'migrateGuest' && !done)
      throw new IsolaError('resource_unavailable', { reason: 'the processors differ' });
  };
  const job = await move(host(2));
  await vi.waitFor(async () => expect(await zone.readJob(job)).toMatchObject({ status: 2 }));
  await convergeAll(zone, reconciler);
  expect(await instance()).toMatchObject({ state: 'Running', host_id: host(1).id });
  const alerts = await zone.db
    .selectFrom('alerts')
    .selectAll()
    .where('resolved', 'is', null)
    .execute();
  expect(alerts).toMatchObject([{ name: 'ALERT.USERVM.MIGRATE', subject_id: instanceId }]);
  await expectAgreement(zone);

  host(1).agent.intercept = () => undefined;
  await move(host(2));
  await convergeAll(zone, reconciler);
  expect(await instance()).toMatchObject({ host_id: host(2).id });
  const open = await zone.db
    .selectFrom('alerts')
    .selectAll()
    .where('resolved', 'is', null)
    .execute();
  expect(open).toEqual([]);
});

test('a guest that was sent though nobody heard of it is not sent again', async () => {
  let sent = 0;
  host(1).agent.intercept = (command, _, done) => {
    if (command !== 'migrateGuest' || !done) return;
    sent += 1;
    throw new IsolaError('resource_unavailable', { reason: 'the agent was killed' });
  };
  await move(host(2));
  await convergeAll(zone, reconciler);
  expect(sent).toBe(1);
  expect(await instance()).toMatchObject({ state: 'Running', host_id: host(2).id });
  await expectAgreement(zone);
});

test('a target without room refuses at once, and nothing of the guest is left there', async () => {
  await zone.db
    .updateTable('hosts')
    .set({ memory_bytes: 0 })
    .where('id', '=', host(2).id)
    .execute();
  const job = await move(host(2));
  await convergeAll(zone, reconciler);
  expect(await zone.readJob(job)).toMatchObject({ status: 2, result_code: 533 });
  expect(host(2).agent.guests.size).toBe(0);
  await expectAgreement(zone);
});

test('a stop that is asked for while the guest moves stops it where it has come to', async () => {
  await zone.move(instanceId, host(2).id);
  await zone.ask(instanceId, 'Stopped');
  const job = await zone.job('instance', instanceId);
  reconciler.wake('instance', instanceId);
  await convergeAll(zone, reconciler);
  expect(await zone.readJob(job)).toMatchObject({ status: 1 });
  expect(await instance()).toMatchObject({ state: 'Stopped', last_host_id: host(2).id });
  await expectAgreement(zone);
});

test('events of the guest that ends at its old host say nothing about the one that runs', async () => {
  await move(host(2));
  await convergeAll(zone, reconciler);
  host(1).agent.emit({ kind: 'instance-stopped', id: instanceId });
  await reconciler.watch.compareHosts();
  await convergeAll(zone, reconciler);
  expect(await instance()).toMatchObject({ state: 'Running', host_id: host(2).id });
});
