import { IsolaError } from '@isola/model';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestHost, type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
let networkId: string;

beforeEach(async () => {
  zone = await testZone({ hosts: 3 });
  reconciler = zone.reconciler({ patience: { first: 1, longest: 5, jobs: 100 } });
  await reconciler.start();
  networkId = await zone.addNetwork();
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

async function deployOn(host: TestHost): Promise<string> {
  const id = await zone.deploy(networkId, { hostId: host.id });
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  return id;
}

const [first, second, third] = [0, 1, 2].map(n => () => {
  const host = zone.hosts[n];
  if (host === undefined) throw new Error(`no host ${n}`);
  return host;
}) as [() => TestHost, () => TestHost, () => TestHost];

const instance = (id: string) =>
  zone.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const router = () => zone.db.selectFrom('routers').selectAll().executeTakeFirstOrThrow();
const carriers = () => zone.hosts.filter(host => host.agent.segments.size > 0);

async function ask(id: string, desired: 'Stopped' | 'Running' | 'Expunged'): Promise<void> {
  await zone.ask(id, desired);
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
}

test('a segment is on the hosts that carry its network, each of which knows the others, and on no other', async () => {
  const ids = [await deployOn(first()), await deployOn(second())];
  expect(carriers().length).toBeGreaterThanOrEqual(2);
  await expectAgreement(zone);
  ids.push(await deployOn(third()));
  expect(carriers()).toHaveLength(3);
  await expectAgreement(zone);
  for (const id of ids) {
    await ask(id, 'Stopped');
    await expectAgreement(zone);
  }
  expect(carriers().map(host => host.id)).toEqual([(await router()).host_id]);
  for (const id of ids) await ask(id, 'Expunged');
  await zone.askNetwork(networkId, { desired_state: 'Destroyed' });
  reconciler.wake('network', networkId);
  await convergeAll(zone, reconciler);
  expect(carriers()).toEqual([]);
});

test('a new host is told of a segment before its guest starts, and the others then', async () => {
  await deployOn(first());
  const order: string[] = [];
  for (const host of zone.hosts)
    host.agent.intercept = (command, _, done) => {
      if (done && /^(?:ensureSegment|startGuest)$/.test(command))
        order.push(`${host.id === second().id ? 'new' : 'old'} ${command}`);
    };
  await deployOn(second());
  expect(order[0]).toBe('new ensureSegment');
  expect(order.slice(1, -1).every(step => step === 'old ensureSegment')).toBe(true);
  expect(order.at(-1)).toBe('new startGuest');
});

test('a host that cannot be told of a segment does not hold up the others, and is told later', async () => {
  await deployOn(first());
  await deployOn(second());
  first().agent.intercept = command => {
    if (command === 'ensureSegment')
      throw new IsolaError('resource_unavailable', { reason: 'no interface' });
  };
  const id = await deployOn(third());
  expect(await instance(id)).toMatchObject({ state: 'Running', host_id: third().id });
  first().agent.intercept = () => undefined;
  await vi.waitFor(() => expectAgreement(zone));
});

test('what waits for a host that is away fails with its name, holds up nobody, and goes on when it is back', async () => {
  const here = await deployOn(first());
  const there = await deployOn(second());
  await zone.fleet.disconnect(second().id);
  await zone.ask(there, 'Stopped');
  const job = await zone.job('instance', there);
  reconciler.wake('instance', there);
  const other = await zone.deploy(networkId, { hostId: third().id });
  reconciler.wake('instance', other);
  await vi.waitFor(async () => {
    expect(await instance(other)).toMatchObject({ state: 'Running' });
    expect(await zone.readJob(job)).toMatchObject({ status: 2, result_code: 534 });
  });
  const { result } = await zone.readJob(job);
  expect(JSON.stringify(result)).toContain('memory2');
  expect(await instance(there)).toMatchObject({ state: 'Running' });

  await zone.fleet.connect(second().id);
  await vi.waitFor(async () => {
    expect(await instance(there)).toMatchObject({ state: 'Stopped' });
    await expectAgreement(zone);
  });
  expect(await instance(here)).toMatchObject({ state: 'Running' });
});

test('routers of a host that is away are flagged until it is back', async () => {
  await deployOn(second());
  const { host_id: hostId } = await router();
  await zone.fleet.disconnect(hostId);
  await vi.waitFor(async () =>
    expect(await router()).toMatchObject({ state: 'Running', reachable: false }),
  );
  await zone.fleet.connect(hostId);
  await vi.waitFor(async () => expect(await router()).toMatchObject({ reachable: true }));
});

test('what a host lost while it was away is put right when it is back, and what nothing needs goes', async () => {
  await deployOn(first());
  await deployOn(second());
  const { agent, id } = second();
  await zone.fleet.disconnect(id);
  agent.segments.clear();
  agent.segments.add(3000);
  for (const one of [...agent.guests.values(), ...agent.routers.values()]) one.running = false;
  await zone.fleet.connect(id);
  await vi.waitFor(async () => {
    await convergeAll(zone, reconciler);
    await expectAgreement(zone);
  });
});

test('every host knows the addresses of the others', async () => {
  await reconciler.watch.tendHosts();
  for (const { agent, address } of zone.hosts)
    expect(agent.neighbours).toEqual(
      zone.hosts.map(host => host.address).filter(other => other !== address),
    );
});

test('an instance without room is told why each host was not taken', async () => {
  await zone.db
    .updateTable('hosts')
    .set({ memory_bytes: 0 })
    .where('id', '=', second().id)
    .execute();
  await zone.db
    .updateTable('hosts')
    .set({ resource_state: 'Disabled' })
    .where('id', '=', third().id)
    .execute();
  await deployOn(first());
  await zone.db
    .updateTable('hosts')
    .set({ hypervisor: 'KVM' })
    .where('id', '=', first().id)
    .execute();
  const id = await zone.deploy(networkId);
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  const { state, failure } = await instance(id);
  expect(state).toBe('Error');
  expect(failure).toMatch(/memory1: it runs KVM, not LXC/);
  expect(failure).toMatch(/memory2: it has not enough memory left/);
  expect(failure).toMatch(/memory3: it is in state Disabled/);
});

test('many instances placed at once share no memory, and are spread', async () => {
  const [offering] = await zone.db
    .selectFrom('service_offerings')
    .selectAll()
    .orderBy('seq')
    .execute();
  if (offering === undefined) throw new Error('no offering');
  // Each host has room for four instances, and one for the router beside.
  const routerMiB = 256;
  const room = (offering.memory_mib * 4 + routerMiB) * 2 ** 20;
  await zone.db
    .updateTable('hosts')
    // Containers are given out four times what a small host does not keep for itself.
    .set({ memory_bytes: Math.ceil(((room / 4) * 8) / 7) })
    .execute();
  const ids: string[] = [];
  for (let n = 0; n < 15; n += 1) ids.push(await zone.deploy(networkId));
  for (const id of ids) reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  const rows = await zone.db.selectFrom('instances').select(['state', 'host_id']).execute();
  const perHost = zone.hosts.map(host => rows.filter(row => row.host_id === host.id).length);
  expect(Math.max(...perHost)).toBeLessThanOrEqual(5);
  expect(rows.filter(row => row.state === 'Running').length).toBeGreaterThanOrEqual(12);
  for (const { agent } of zone.hosts) {
    const used = [...agent.guests.values()].filter(guest => guest.running);
    const routers = [...agent.routers.values()].filter(one => one.running);
    expect(used.length * offering.memory_mib + routers.length * routerMiB).toBeLessThanOrEqual(
      room / 2 ** 20,
    );
  }
});

test('a network is not torn: what nothing links to its hosts cannot take part of it', async () => {
  await zone.db
    .updateTable('hosts')
    .set({ underlay_address: null })
    .where('id', '=', first().id)
    .execute();
  // A host with a link is taken for the router, though all have the same room.
  const here = await zone.deploy(networkId);
  reconciler.wake('instance', here);
  await convergeAll(zone, reconciler);
  expect((await router()).host_id).not.toBe(first().id);
  expect((await instance(here)).host_id).not.toBe(first().id);
  const apart = await deployOn(first());
  const { state, failure } = await instance(apart);
  expect(state).toBe('Error');
  expect(failure).toMatch(/memory1: nothing links it by VXLAN to the hosts that carry the network/);

  // On a machine that is alone nothing needs links.
  await zone.db
    .updateTable('hosts')
    .set({ resource_state: 'Disabled' })
    .where('id', '<>', first().id)
    .execute();
  networkId = await zone.addNetwork();
  const alone = await deployOn(first());
  expect(await instance(alone)).toMatchObject({ state: 'Running', host_id: first().id });
});
