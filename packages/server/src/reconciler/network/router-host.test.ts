import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;

beforeEach(async () => {
  zone = await testZone({ hosts: 2 });
  reconciler = zone.reconciler();
  await reconciler.start();
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

async function withoutPublicNetwork(ids: readonly string[]): Promise<void> {
  await zone.db
    .updateTable('hosts')
    .set({ reaches_public: false })
    .where('id', 'in', [...ids])
    .execute();
}

/** The hosts of the routers of a new network. */
async function routersOf(networkId: string): Promise<readonly string[]> {
  reconciler.wake('instance', await zone.deploy(networkId));
  await convergeAll(zone, reconciler);
  const routers = zone.db.selectFrom('routers').select('host_id').where('state', '=', 'Running');
  return (await routers.execute()).map(router => router.host_id);
}

test('a router with a public side is where the public network is', async () => {
  const [first, second] = zone.hosts.map(({ id }) => id);
  if (first === undefined || second === undefined) throw new Error('there are not two hosts');
  await withoutPublicNetwork([first]);
  expect(await routersOf(await zone.addNetwork())).toEqual([second]);
});

test('where no host has it, what is missing is said', async () => {
  await withoutPublicNetwork(zone.hosts.map(({ id }) => id));
  expect(await routersOf(await zone.addNetwork())).toEqual([]);
  const alerts = await zone.db.selectFrom('alerts').select('description').execute();
  expect(alerts.map(alert => alert.description).join()).toContain('--public-interface');
});
