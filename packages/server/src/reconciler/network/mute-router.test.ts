import { IsolaError } from '@isola/model';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
let networkId: string;

beforeEach(async () => {
  zone = await testZone();
  reconciler = withPatience(50);
  networkId = await zone.addNetwork();
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

const withPatience = (firstAnswer: number) =>
  zone.reconciler({ patience: { first: 1, longest: 5, jobs: 60_000, firstAnswer } });
const routers = () => zone.db.selectFrom('routers').selectAll().execute();
const starts = () => zone.agent.calls.get('startRouter') ?? 0;
const stops = () => zone.agent.calls.get('stopRouter') ?? 0;
const alerts = () =>
  zone.db.selectFrom('alerts').selectAll().where('description', 'like', '%anew%').execute();

/** Routers are as if they were never heard of, until `heal` is called. */
function silence(): { heal: () => void } {
  let silent = true;
  zone.agent.intercept = (command, id, done) => {
    const router = zone.agent.routers.get(id);
    if (command === 'startRouter' && done && silent && router !== undefined)
      router.reachable = false;
  };
  return {
    heal: () => {
      silent = false;
    },
  };
}

async function deploy(): Promise<void> {
  reconciler.wake('instance', await zone.deploy(networkId));
  reconciler.wake('network', networkId);
}

async function implemented(): Promise<void> {
  await deploy();
  await convergeAll(zone, reconciler);
}

test('a router that was started and never answers is started anew, with an alert that goes when it answers', async () => {
  const { heal } = silence();
  await deploy();
  await vi.waitFor(async () => expect(await alerts()).toHaveLength(1));
  expect((await alerts())[0]).toMatchObject({
    name: 'ALERT.SERVICE.DOMAINROUTER',
    resolved: null,
    subject_id: (await routers())[0]?.id,
  });
  heal();
  await convergeAll(zone, reconciler);
  expect(stops()).toBeGreaterThan(0);
  expect(await routers()).toMatchObject([{ state: 'Running', reachable: true }]);
  expect(await alerts()).toMatchObject([{ resolved: expect.any(Date) }]);
  await expectAgreement(zone);
});

test('each further start of a router that does not answer has twice the time', async () => {
  const { heal } = silence();
  const stopped: number[] = [];
  const { intercept } = zone.agent;
  zone.agent.intercept = async (command, id, done) => {
    await intercept?.(command, id, done);
    if (command === 'stopRouter' && done) stopped.push(performance.now());
  };
  await deploy();
  await vi.waitFor(() => expect(stopped.length).toBeGreaterThanOrEqual(3));
  heal();
  const [first = 0, second = 0, third = 0] = stopped;
  // Timers may be a millisecond early.
  expect(second - first).toBeGreaterThanOrEqual(95);
  expect(third - second).toBeGreaterThanOrEqual(195);
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
});

test('one that does not come back from a reboot is started anew', async () => {
  await implemented();
  const { heal } = silence();
  await zone.db
    .updateTable('routers')
    .set(eb => ({ reboot_generation: eb('reboot_generation', '+', 1) }))
    .execute();
  reconciler.wake('network', networkId);
  await vi.waitFor(async () => expect(await alerts()).toHaveLength(1));
  heal();
  await convergeAll(zone, reconciler);
  expect(stops()).toBeGreaterThan(1);
  expect(await routers()).toMatchObject([{ state: 'Running', reachable: true }]);
  await expectAgreement(zone);
});

test('a reboot stops the router once, however often its start is tried', async () => {
  await reconciler.close();
  reconciler = withPatience(60_000);
  await implemented();
  const { heal } = silence();
  const before = starts();
  await zone.db
    .updateTable('routers')
    .set(eb => ({ reboot_generation: eb('reboot_generation', '+', 1) }))
    .execute();
  reconciler.wake('network', networkId);
  await vi.waitFor(() => expect(starts()).toBeGreaterThan(before + 3));
  expect(stops()).toBe(1);
  heal();
  for (const router of zone.agent.routers.values()) router.reachable = true;
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
});

test('one that has answered since its start is left alone however long it is silent', async () => {
  await implemented();
  const [host] = zone.agent.routers.values();
  if (host === undefined) throw new Error('no router on the host');
  host.reachable = false;
  const before = starts();
  await deploy();
  await vi.waitFor(() => expect(zone.agent.guests.size).toBe(2));
  const since = Date.now();
  await vi.waitFor(() => expect(Date.now() - since).toBeGreaterThan(200));
  expect(stops()).toBe(0);
  expect(starts()).toBe(before);
  expect(await alerts()).toEqual([]);
});

test('a host that is away is no reason to start a router anew', async () => {
  await deploy();
  zone.agent.connected = false;
  reconciler.wake('network', networkId);
  const since = Date.now();
  await vi.waitFor(() => expect(Date.now() - since).toBeGreaterThan(200));
  expect(await alerts()).toEqual([]);
  zone.agent.connected = true;
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
});

test('a successor that took over and cannot be reached since goes on: it may forward', async () => {
  await implemented();
  let cut = true;
  zone.agent.intercept = (command, id, done) => {
    const router = zone.agent.routers.get(id);
    if (command !== 'replaceRouter' || !done || !cut || router === undefined) return;
    router.reachable = false;
    cut = false;
    throw new IsolaError('resource_unavailable', { reason: 'the link is down' });
  };
  const network = await zone.db.selectFrom('networks').selectAll().executeTakeFirstOrThrow();
  await zone.askNetwork(networkId, { replace_generation: network.generation + 1 });
  reconciler.wake('network', networkId);
  await vi.waitFor(() => expect(cut).toBe(false));
  const since = Date.now();
  await vi.waitFor(() => expect(Date.now() - since).toBeGreaterThan(200));
  expect(stops()).toBe(0);
  const [successor] = zone.agent.routers.values();
  if (successor === undefined) throw new Error('no router on the host');
  successor.reachable = true;
  await convergeAll(zone, reconciler);
  expect(zone.agent.routers.size).toBe(1);
  await expectAgreement(zone);
});

test.each([
  ['while its predecessor serves', false],
  ['when its predecessor is lost with its host', true],
])('a successor on another host that never answers is started anew %s', async (_, dead) => {
  await reconciler.close();
  await zone.close();
  zone = await testZone({ hosts: 2 });
  reconciler = withPatience(50);
  networkId = await zone.addNetwork();
  await implemented();
  const [before] = await routers();
  const target = zone.hosts.find(host => host.id !== before?.host_id);
  if (target === undefined) throw new Error('there is no other host');
  let silent = true;
  target.agent.intercept = (command, id, done) => {
    const router = target.agent.routers.get(id);
    if (command === 'startRouter' && done && silent && router !== undefined)
      router.reachable = false;
  };
  await zone.db.updateTable('routers').set({ requested_host_id: target.id }).execute();
  const setState = (state: 'Down' | 'Up') =>
    zone.db
      .updateTable('hosts')
      .set({ state })
      .where('id', '=', before?.host_id ?? '')
      .execute();
  if (dead) await setState('Down');
  const network = await zone.db.selectFrom('networks').selectAll().executeTakeFirstOrThrow();
  await zone.askNetwork(networkId, { replace_generation: network.generation + 1 });
  reconciler.wake('network', networkId);
  await vi.waitFor(async () => expect(await alerts()).toHaveLength(1));
  silent = false;
  if (dead) await setState('Up');
  await convergeAll(zone, reconciler);
  expect(target.agent.calls.get('stopRouter')).toBeGreaterThan(0);
  expect(await routers()).toMatchObject([{ host_id: target.id, state: 'Running' }]);
  await expectAgreement(zone);
});
