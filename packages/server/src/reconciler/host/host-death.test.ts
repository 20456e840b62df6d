import { afterEach, expect, test, vi } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestHost, type TestZone, type TestZoneOptions, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
let networkId: string;
/** The host that dies, with the router, and two that do not. */
let victim: TestHost;
let survivors: TestHost[];

afterEach(async () => {
  vi.useRealTimers();
  await reconciler.close();
  await zone.close();
});

const instance = (id: string) =>
  zone.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const router = () => zone.db.selectFrom('routers').selectAll().executeTakeFirstOrThrow();
const stateOf = async ({ id }: TestHost) =>
  (await zone.db.selectFrom('hosts').select('state').where('id', '=', id).executeTakeFirstOrThrow())
    .state;
const alertsOf = async (subjectId: string) => {
  const rows = await zone.db
    .selectFrom('alerts')
    .select('description')
    .where('subject_id', '=', subjectId)
    .where('resolved', 'is', null)
    .execute();
  return rows.map(row => row.description);
};

/** Dates go as tests say; timers run on. */
async function open(options: TestZoneOptions): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'] });
  zone = await testZone({ hosts: 3, ...options });
  reconciler = zone.reconciler();
  await reconciler.start();
  networkId = await zone.addNetwork();
  const first = await zone.deploy(networkId);
  reconciler.wake('instance', first);
  await convergeAll(zone, reconciler);
  await zone.ask(first, 'Expunged');
  reconciler.wake('instance', first);
  await convergeAll(zone, reconciler);
  const { host_id: hostId } = await router();
  // The machine of the server itself is never judged.
  const moved = zone.hosts.find(host => host.id === hostId) ?? fail();
  victim = moved.id === zone.hosts[0]?.id ? (zone.hosts[1] ?? fail()) : moved;
  if (moved !== victim) await moveRouter(moved);
  survivors = zone.hosts.filter(host => host !== victim);
  expect((await router()).host_id).toBe(victim.id);
}

function fail(): never {
  throw new Error('no such host');
}

/** The router goes to the victim: the only host that is enabled when it is replaced. */
async function moveRouter(from: TestHost): Promise<void> {
  const others = zone.hosts.filter(host => host !== victim).map(host => host.id);
  const enable = (state: 'Enabled' | 'Disabled') =>
    zone.db.updateTable('hosts').set({ resource_state: state }).where('id', 'in', others).execute();
  await enable('Disabled');
  const { generation } = await zone.db
    .selectFrom('networks')
    .select('generation')
    .executeTakeFirstOrThrow();
  await zone.askNetwork(networkId, { replace_generation: generation + 1 });
  reconciler.wake('network', networkId);
  await convergeAll(zone, reconciler);
  expect(from.agent.routers.size).toBe(0);
  await enable('Enabled');
}

async function deploy(host: TestHost, highlyAvailable: boolean): Promise<string> {
  const id = await zone.deploy(networkId, { hostId: host.id, highlyAvailable });
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  expect(await instance(id)).toMatchObject({ state: 'Running', host_id: host.id });
  return id;
}

async function later(seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1000);
  await reconciler.watch.tendHosts();
  await convergeAll(zone, reconciler);
}

test('a dead host: its router and highly available guests are started elsewhere, others stay with it and can start when it is back', async () => {
  await open({ sharedStorage: 'nfs1' });
  const available = await deploy(victim, true);
  const plain = await deploy(victim, false);
  const before = await router();
  await zone.fleet.kill(victim.id);

  await later(21);
  expect(await stateOf(victim)).toBe('Disconnected');
  await later(21);
  expect(await stateOf(victim)).toBe('Down');
  expect(await alertsOf(victim.id)).toEqual([expect.stringContaining('no other host reaches it')]);
  const after = await router();
  expect(survivors.map(host => host.id)).toContain(after.host_id);
  expect(after).toMatchObject({
    id: before.id,
    state: 'Running',
    guest_mac: before.guest_mac,
    public_mac: before.public_mac,
  });
  const moved = await instance(available);
  expect(moved.state).toBe('Running');
  expect(survivors.map(host => host.id)).toContain(moved.host_id);
  expect(await instance(plain)).toMatchObject({
    state: 'Stopped',
    desired_state: 'Stopped',
    host_id: victim.id,
    failure: expect.stringContaining('can start when the host is back'),
  });
  expect(await alertsOf(plain)).toHaveLength(1);
  // Nobody sends to the dead host any more.
  for (const { agent } of survivors)
    for (const { peers } of agent.segmentSpecs.values())
      expect(peers).not.toContain(victim.address);

  // It was only cut off, and everything still runs there when it returns.
  expect(victim.agent.guests.get(available)?.running).toBe(true);
  const states: string[] = [];
  victim.agent.intercept = async () => {
    states.push(await stateOf(victim));
  };
  await zone.fleet.connect(victim.id);
  await vi.waitFor(async () => expect(await stateOf(victim)).toBe('Up'));
  expect(states.slice(0, 3)).toEqual(['Connecting', 'Connecting', 'Connecting']);
  victim.agent.intercept = () => undefined;
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
  expect(victim.agent.guests.get(plain)?.running).toBe(false);
  expect(await alertsOf(victim.id)).toEqual([]);
  expect(await alertsOf(plain)).toEqual([]);

  await zone.ask(plain, 'Running');
  reconciler.wake('instance', plain);
  await convergeAll(zone, reconciler);
  expect(await instance(plain)).toMatchObject({ state: 'Running' });
  await expectAgreement(zone);
});

test('a highly available guest for which no host has room starts as soon as one has', async () => {
  await open({ sharedStorage: 'nfs1' });
  const id = await deploy(victim, true);
  const others = survivors.map(host => host.id);
  const setRoom = (ids: readonly string[], bytes: number) =>
    zone.db
      .updateTable('hosts')
      .set({ memory_bytes: bytes })
      .where('id', 'in', [...ids])
      .execute();
  const { memory_bytes: room } = await zone.db
    .selectFrom('hosts')
    .select('memory_bytes')
    .where('id', '=', victim.id)
    .executeTakeFirstOrThrow();
  await setRoom(others, 0);
  await zone.fleet.kill(victim.id);
  vi.setSystemTime(Date.now() + 21_000);
  await reconciler.watch.tendHosts();
  vi.setSystemTime(Date.now() + 21_000);
  await reconciler.watch.tendHosts();
  await vi.waitFor(
    async () => expect((await alertsOf(id)).at(-1)).toContain('no host has room for it'),
    { timeout: 20_000 },
  );
  expect(await instance(id)).toMatchObject({ state: 'Starting', desired_state: 'Running' });
  await setRoom(others, room);
  await convergeAll(zone, reconciler);
  const started = await instance(id);
  expect(started.state).toBe('Running');
  expect(others).toContain(started.host_id);
  expect(await alertsOf(id)).toEqual([]);
});

test('without shared storage a highly available guest stays with its host, too', async () => {
  await open({});
  const id = await deploy(victim, true);
  await zone.fleet.kill(victim.id);
  await later(41);
  expect(await stateOf(victim)).toBe('Down');
  expect(await instance(id)).toMatchObject({ state: 'Stopped', host_id: victim.id });
  const job = await (async () => {
    await zone.ask(id, 'Running');
    return zone.job('instance', id);
  })();
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  expect(await zone.readJob(job)).toMatchObject({ status: 2 });
  expect(await instance(id)).toMatchObject({ state: 'Stopped', host_id: victim.id });
  expect((await instance(id)).failure).toContain('it is Down');
});

test('a host that others still reach is left alone, however long its agent is away', async () => {
  await open({ sharedStorage: 'nfs1' });
  const id = await deploy(victim, true);
  await zone.fleet.disconnect(victim.id);
  await later(21);
  expect(await stateOf(victim)).toBe('Alert');
  await later(100_000);
  expect(await stateOf(victim)).toBe('Alert');
  expect(await alertsOf(victim.id)).toHaveLength(1);
  expect(await instance(id)).toMatchObject({ state: 'Running', host_id: victim.id });
  expect((await router()).host_id).toBe(victim.id);
  await zone.fleet.connect(victim.id);
  await vi.waitFor(async () => expect(await stateOf(victim)).toBe('Up'));
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
  expect(await alertsOf(victim.id)).toEqual([]);
});

test('no host is taken for dead while none can be asked', async () => {
  await open({});
  for (const { agent } of survivors) agent.reaches = () => Promise.reject(new Error('not now'));
  await zone.fleet.kill(victim.id);
  await later(1000);
  expect(await stateOf(victim)).toBe('Alert');
  expect(await alertsOf(victim.id)).toHaveLength(1);
});

test('a server that has just started waits for as long as one that has not', async () => {
  await open({});
  await zone.fleet.kill(victim.id, 1000);
  await reconciler.watch.tendHosts();
  expect(await stateOf(victim)).toBe('Disconnected');
});

test('a guest that was on its way from a dead host runs where it came to, or is lost with it', async () => {
  await open({ sharedStorage: 'nfs1' });
  const through = await deploy(victim, true);
  const stuck = await deploy(victim, true);
  const target = survivors[1] ?? fail();
  // The server dies between sending and writing that down.
  const spec = victim.agent.guests.get(through)?.spec ?? fail();
  await reconciler.close();
  target.agent.segments.add([...victim.agent.segments][0] ?? fail());
  await victim.agent.migrateGuest(through, await target.agent.prepareIncoming(spec));
  for (const id of [through, stuck]) await zone.move(id, target.id);
  await zone.fleet.kill(victim.id);
  reconciler = zone.reconciler();
  await reconciler.start();
  await later(41);
  await later(1);
  expect(await stateOf(victim)).toBe('Down');
  expect(await instance(through)).toMatchObject({ state: 'Running', host_id: target.id });
  const other = await instance(stuck);
  expect(other.state).toBe('Running');
  expect(survivors.map(host => host.id)).toContain(other.host_id);
  await zone.fleet.connect(victim.id);
  await vi.waitFor(async () => expect(await stateOf(victim)).toBe('Up'));
  await convergeAll(zone, reconciler);
  await expectAgreement(zone);
});
