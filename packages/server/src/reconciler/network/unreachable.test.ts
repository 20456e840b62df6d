import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SimulatedRouter } from '../../simulator/router.ts';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
let networkId: string;
let instanceId: string;
let host: SimulatedRouter;

beforeEach(async () => {
  zone = await testZone();
  reconciler = zone.reconciler({ patience: { first: 1, longest: 5, jobs: 100 } });
  networkId = await zone.addNetwork();
  instanceId = await zone.deploy(networkId);
  reconciler.wake('instance', instanceId);
  await convergeAll(zone, reconciler);
  const [router] = zone.agent.routers.values();
  if (router === undefined) throw new Error('no router on the host');
  host = router;
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

const row = () => zone.db.selectFrom('routers').selectAll().executeTakeFirstOrThrow();
const openAlerts = () =>
  zone.db.selectFrom('alerts').selectAll().where('resolved', 'is', null).execute();

test('a silent router keeps its state, is flagged, and gets what waited when it answers again', async () => {
  host.reachable = false;
  await zone.forward(networkId, instanceId, 80);
  const job = await zone.job('network', networkId);
  reconciler.wake('network', networkId);
  await vi.waitFor(async () => expect(await zone.readJob(job)).toMatchObject({ status: 2 }));
  expect(await zone.readJob(job)).toMatchObject({ result_code: 534 });
  expect(await row()).toMatchObject({ state: 'Running', reachable: false });
  expect(await openAlerts()).toMatchObject([{ name: 'ALERT.SERVICE.DOMAINROUTER' }]);

  const other = await zone.deploy(networkId);
  reconciler.wake('instance', other);
  await vi.waitFor(() => expect(zone.agent.guests.get(other)?.running).toBe(true));

  host.reachable = true;
  zone.agent.emit({
    kind: 'router-link',
    routerId: host.spec.id,
    reachable: true,
    reason: '',
    report: null,
  });
  await vi.waitFor(async () => expect(await row()).toMatchObject({ reachable: true }));
  await convergeAll(zone, reconciler);
  expect(host.index?.items('portForwards').size).toBe(1);
  expect(host.index?.items('hosts').size).toBe(2);
  expect(await openAlerts()).toEqual([]);
  await expectAgreement(zone);
});

test('a network with a silent router can be restarted with cleanup, and taken down', async () => {
  host.reachable = false;
  const { generation } = await zone.db
    .selectFrom('networks')
    .select('generation')
    .executeTakeFirstOrThrow();
  await zone.askNetwork(networkId, { replace_generation: generation + 1 });
  reconciler.wake('network', networkId);
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
  expect((await row()).id).not.toBe(host.spec.id);
});

test('a router that stops by itself is started with what is asked of it now', async () => {
  await zone.forward(networkId, instanceId, 80);
  host.running = false;
  zone.agent.emit({ kind: 'instance-stopped', id: host.spec.id });
  await vi.waitFor(async () => {
    await reconciler.idle();
    expect(zone.agent.routers.get(host.spec.id)?.running).toBe(true);
  });
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
});

test('a guest that stops by itself is Stopped; the next comparison finds one that nobody told about', async () => {
  const guest = zone.agent.guests.get(instanceId);
  if (guest === undefined) throw new Error('no guest on the host');
  guest.running = false;
  await reconciler.watch.compareHosts();
  await convergeAll(zone, reconciler);
  const instance = await zone.db.selectFrom('instances').selectAll().executeTakeFirstOrThrow();
  expect(instance).toMatchObject({ state: 'Stopped', desired_state: 'Stopped' });
});

test('drift is an event and an alert; a router that runs something else gets its whole configuration', async () => {
  const report = await zone.agent.report(host.spec.id);
  zone.agent.emit({
    kind: 'router-drift',
    routerId: host.spec.id,
    drift: { at: new Date().toISOString(), subject: 'nftables', detail: 'a rule', repaired: true },
    report,
  });
  await vi.waitFor(async () => expect(await openAlerts()).toHaveLength(1));
  const events = await zone.db.selectFrom('events').selectAll().execute();
  expect(events).toMatchObject([{ level: 'WARN', resource_id: host.spec.id }]);

  const empty = host.index?.toConfig();
  if (empty === undefined) throw new Error('nothing is installed');
  await zone.agent.applyConfig(host.spec.id, {
    ...empty,
    collections: { ...empty.collections, hosts: [] },
  });
  await reconciler.watch.compareRouters();
  await convergeAll(zone, reconciler);
  expect(host.index?.items('hosts').size).toBe(1);
  await expectAgreement(zone);
});

test('an alert of drift is closed by a later comparison that finds none, and with its router', async () => {
  const drift = async (detail: string) => {
    zone.agent.emit({
      kind: 'router-drift',
      routerId: host.spec.id,
      drift: { at: new Date().toISOString(), subject: 'nftables', detail, repaired: true },
      report: await zone.agent.report(host.spec.id),
    });
    await vi.waitFor(async () => expect(await openAlerts()).toHaveLength(1));
  };
  await drift('a rule');
  await reconciler.watch.compareRouters();
  expect(await openAlerts()).toHaveLength(1);
  await zone.db
    .updateTable('alerts')
    .set({ sent: new Date(Date.now() - 60_000) })
    .execute();
  await reconciler.watch.compareRouters();
  expect(await openAlerts()).toEqual([]);

  await drift('another rule');
  await zone.ask(instanceId, 'Expunged');
  reconciler.wake('instance', instanceId);
  await convergeAll(zone, reconciler);
  await zone.askNetwork(networkId, { desired_state: 'Destroyed' });
  reconciler.wake('network', networkId);
  await convergeAll(zone, reconciler);
  expect(await openAlerts()).toEqual([]);
});

test('a changed interval of the periodic work counts at once', async () => {
  await reconciler.start();
  await zone.ask(instanceId, 'Stopped');
  reconciler.wake('instance', instanceId);
  await convergeAll(zone, reconciler);
  await zone.db
    .insertInto('settings')
    .values([
      { name: 'network.gc.interval', value: '1' },
      { name: 'network.gc.wait', value: '0' },
    ])
    .execute();
  await vi.waitFor(() => expect(zone.agent.routers.size).toBe(0), { timeout: 30_000 });
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
});
