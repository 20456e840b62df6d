import { IsolaError } from '@isola/model';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hostGeneration } from '../../features/host/generation.ts';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestHost, type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
/** The host that is emptied; the router and two of three guests are there. */
let host: TestHost;
let others: TestHost[];
let guests: string[];

beforeEach(async () => {
  zone = await testZone({ hosts: 3 });
  reconciler = zone.reconciler({ patience: { first: 1, longest: 5, jobs: 50 } });
  await reconciler.start();
  const networkId = await zone.addNetwork();
  const first = await zone.deploy(networkId);
  reconciler.wake('instance', first);
  await convergeAll(zone, reconciler);
  const { host_id: hostId } = await router();
  host = zone.hosts.find(one => one.id === hostId) ?? fail();
  others = zone.hosts.filter(one => one !== host);
  guests = [first];
  for (let n = 0; n < 2; n += 1) guests.push(await zone.deploy(networkId, { hostId: host.id }));
  for (const id of guests) reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

function fail(): never {
  throw new Error('no such host');
}

const router = () => zone.db.selectFrom('routers').selectAll().executeTakeFirstOrThrow();
const resourceState = async () =>
  (
    await zone.db
      .selectFrom('hosts')
      .select('resource_state')
      .where('id', '=', host.id)
      .executeTakeFirstOrThrow()
  ).resource_state;
const setResourceState = (
  ids: readonly string[],
  state: 'Enabled' | 'Disabled' | 'PrepareForMaintenance',
) =>
  zone.db
    .updateTable('hosts')
    .set({ resource_state: state })
    .where('id', 'in', [...ids])
    .execute();

/** What the command writes; gives its job. */
async function prepare(): Promise<string> {
  await setResourceState([host.id], 'PrepareForMaintenance');
  const id = await zone.job('instance', guests[0] ?? '');
  await zone.db
    .updateTable('jobs')
    .set({ waits_kind: 'host', waits_id: host.id, waits_generation: hostGeneration })
    .where('id', '=', id)
    .execute();
  reconciler.wake('host', host.id);
  return id;
}

async function until(state: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await reconciler.watch.tendHosts();
      await reconciler.idle();
      expect(await resourceState()).toBe(state);
    },
    { timeout: 10_000 },
  );
}

const openAlerts = (subjectId: string) =>
  zone.db
    .selectFrom('alerts')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .where('resolved', 'is', null)
    .execute();

test('a host is emptied: guests move as they run, the router is replaced, and is up before the old one goes', async () => {
  const before = await router();
  const order: string[] = [];
  for (const one of zone.hosts)
    one.agent.intercept = (command, _, done) => {
      if (done && /^(?:startRouter|destroyRouter|stopGuest)$/.test(command)) order.push(command);
    };
  const job = await prepare();
  await until('Maintenance');
  expect(await zone.readJob(job)).toMatchObject({ status: 1 });
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
  expect([host.agent.guests.size, host.agent.routers.size, host.agent.segments.size]).toEqual([
    0, 0, 0,
  ]);
  expect(order.filter(command => command !== 'stopGuest')).toEqual([
    'startRouter',
    'destroyRouter',
  ]);
  expect(order).not.toContain('stopGuest');
  expect(await router()).toMatchObject({
    guest_mac: before.guest_mac,
    public_mac: before.public_mac,
    state: 'Running',
  });
  const rows = await zone.db.selectFrom('instances').selectAll().execute();
  for (const row of rows) expect(row).toMatchObject({ state: 'Running' });
});

test('a host that nothing can leave for want of room is in error, with the reason in job and alert', async () => {
  await setResourceState(
    others.map(one => one.id),
    'Disabled',
  );
  const job = await prepare();
  await until('ErrorInMaintenance');
  const { status, result } = await zone.readJob(job);
  expect(status).toBe(2);
  expect(JSON.stringify(result)).toContain('it is in state Disabled');
  expect(await openAlerts(host.id)).toMatchObject([{ name: 'ALERT.COMPUTE.HOST' }]);
  await convergeAll(zone, reconciler);
  expect(host.agent.routers.size).toBe(1);

  await setResourceState(
    others.map(one => one.id),
    'Enabled',
  );
  await prepare();
  await until('Maintenance');
  expect(await openAlerts(host.id)).toEqual([]);
});

test('a guest that cannot move blocks; what can go has gone; cancelled, the host is used again', async () => {
  const [stuck = ''] = [...host.agent.guests.keys()];
  for (const one of zone.hosts)
    one.agent.intercept = (command, subject, done) => {
      if (command === 'prepareIncoming' && subject === stuck && !done)
        throw new IsolaError('refused_value', { reason: 'containers cannot move while they run' });
    };
  await prepare();
  await until('ErrorInMaintenance');
  expect([...host.agent.guests.keys()]).toEqual([stuck]);
  expect(host.agent.routers.size).toBe(0);
  const [alert] = await openAlerts(host.id);
  expect(alert?.description).toContain('containers cannot move while they run');
  await setResourceState([host.id], 'Enabled');
  reconciler.wake('host', host.id);
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);

  for (const one of zone.hosts) one.agent.intercept = () => undefined;
  await prepare();
  await until('Maintenance');
  await expectAgreement(zone);
});

test('nothing is started on a host in maintenance, and a stopped router leaves it when it starts', async () => {
  await zone.db
    .updateTable('routers')
    .set({ desired_state: 'Stopped', state: 'Stopping' })
    .execute();
  reconciler.wake('network', (await router()).network_id);
  await convergeAll(zone, reconciler);
  await prepare();
  await until('Maintenance');
  await zone.db
    .updateTable('routers')
    .set({ desired_state: 'Running', state: 'Starting' })
    .execute();
  reconciler.wake('network', (await router()).network_id);
  await convergeAll(zone, reconciler);
  expect(others.map(one => one.id)).toContain((await router()).host_id);
  expect(host.agent.routers.size).toBe(0);
  await expectAgreement(zone);
});
