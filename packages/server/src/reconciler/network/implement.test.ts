import { IsolaError } from '@isola/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;

beforeEach(async () => {
  zone = await testZone();
  reconciler = zone.reconciler();
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

const network = (id: string) =>
  zone.db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const instance = (id: string) =>
  zone.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

async function settled(): Promise<void> {
  await reconciler.idle();
}

test('the first instance implements its network, and starts', async () => {
  const networkId = await zone.addNetwork();
  const instanceId = await zone.deploy(networkId);
  const job = await zone.job('instance', instanceId);
  reconciler.wake('instance', instanceId);
  await settled();

  expect(await instance(instanceId)).toMatchObject({ state: 'Running' });
  expect(await zone.readJob(job)).toMatchObject({ status: 1 });
  const row = await network(networkId);
  expect(row).toMatchObject({ state: 'Implemented', vlan: 100 });
  expect(row.applied_generation).toBe(row.generation);
  expect([...zone.agent.segments]).toEqual([100]);
  const router = await zone.db.selectFrom('routers').selectAll().executeTakeFirstOrThrow();
  expect(router.state).toBe('Running');
  expect(router.name).toBe(`r-${router.seq}-vm`);
  const installed = zone.agent.routers.get(router.id)?.index;
  expect(installed?.fingerprint).toBe(router.fingerprint);
  expect(installed?.items('hosts').size).toBe(1);
  expect(zone.agent.guests.get(instanceId)?.running).toBe(true);
  const nic = await zone.db.selectFrom('nics').selectAll().executeTakeFirstOrThrow();
  expect(nic.state).toBe('Active');
});

test('rules reach the router as deltas; changes that arrive together are applied together', async () => {
  const networkId = await zone.addNetwork();
  const instanceId = await zone.deploy(networkId);
  reconciler.wake('instance', instanceId);
  await settled();
  const whole = zone.agent.calls.get('applyConfig');
  const jobs: string[] = [];
  for (let port = 1; port <= 20; port += 1) {
    await zone.forward(networkId, instanceId, port);
    jobs.push(await zone.job('network', networkId));
  }
  reconciler.wake('network', networkId);
  await settled();
  expect(zone.agent.calls.get('applyConfig')).toBe(whole);
  expect(zone.agent.calls.get('applyDelta')).toBe(1);
  for (const job of jobs) expect(await zone.readJob(job)).toMatchObject({ status: 1 });
  const [router] = [...zone.agent.routers.values()];
  expect(router?.index?.items('portForwards').size).toBe(20);

  await zone.ask(instanceId, 'Expunged');
  reconciler.wake('instance', instanceId);
  await settled();
  expect(router?.index?.items('portForwards').size).toBe(0);
  expect(router?.index?.items('hosts').size).toBe(0);
  expect(await zone.db.selectFrom('instances').select('id').execute()).toEqual([]);
  expect(await zone.db.selectFrom('port_forwarding_rules').select('id').execute()).toEqual([]);
  expect(zone.agent.guests.size).toBe(0);
});

test('an implementation that cannot be is undone and everyone is told why', async () => {
  const networkId = await zone.addNetwork();
  const instanceId = await zone.deploy(networkId);
  const job = await zone.job('instance', instanceId);
  zone.agent.intercept = command => {
    if (command === 'startRouter')
      throw new IsolaError('insufficient_capacity', { reason: 'no memory for a router' });
  };
  reconciler.wake('instance', instanceId);
  await settled();
  expect(await network(networkId)).toMatchObject({
    state: 'Allocated',
    desired_state: 'Allocated',
    vlan: null,
    failure: 'no memory for a router',
  });
  expect(await instance(instanceId)).toMatchObject({ state: 'Error' });
  expect(await zone.readJob(job)).toMatchObject({ status: 2, result_code: 533 });
  expect(await zone.db.selectFrom('vlan_tags').selectAll().execute()).toEqual([]);
  expect(await zone.db.selectFrom('routers').selectAll().execute()).toEqual([]);
  const taken = await zone.db
    .selectFrom('public_addresses')
    .select('id')
    .where('state', '<>', 'Free')
    .execute();
  expect(taken).toEqual([]);
  expect(zone.agent.segments.size).toBe(0);
  const alerts = await zone.db.selectFrom('alerts').select('name').execute();
  expect(alerts.map(alert => alert.name).toSorted()).toEqual([
    'ALERT.SERVICE.DOMAINROUTER',
    'ALERT.USERVM',
  ]);
});

test('an idle network is shut down, keeps its address and rules, and comes back with them', async () => {
  const networkId = await zone.addNetwork();
  const instanceId = await zone.deploy(networkId);
  reconciler.wake('instance', instanceId);
  await settled();
  await zone.forward(networkId, instanceId, 80);
  reconciler.wake('network', networkId);
  await settled();
  await zone.db.insertInto('settings').values({ name: 'network.gc.wait', value: '0' }).execute();

  await reconciler.watch.collectIdleNetworks();
  await settled();
  expect(await network(networkId)).toMatchObject({ state: 'Implemented' });

  await zone.ask(instanceId, 'Stopped');
  reconciler.wake('instance', instanceId);
  await settled();
  await reconciler.watch.collectIdleNetworks();
  await settled();
  expect(await network(networkId)).toMatchObject({ state: 'Allocated', vlan: null });
  expect(zone.agent.routers.size).toBe(0);
  expect(zone.agent.segments.size).toBe(0);
  const addresses = await zone.db
    .selectFrom('public_addresses')
    .selectAll()
    .where('network_id', '=', networkId)
    .execute();
  expect(addresses).toMatchObject([{ state: 'Allocated', is_source_nat: true }]);

  await zone.askNetwork(networkId, { desired_state: 'Implemented', idle_since: null });
  await zone.ask(instanceId, 'Running');
  reconciler.wake('instance', instanceId);
  await settled();
  expect(await instance(instanceId)).toMatchObject({ state: 'Running' });
  const [router] = [...zone.agent.routers.values()];
  expect(router?.index?.items('portForwards').size).toBe(1);
  expect(router?.index?.header.sourceNat).toBe(addresses[0]?.address);
});
