import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SettingName } from '../../features/setting/registry.ts';
import type { TextSettingName } from '../../features/setting/text-registry.ts';
import { settingsChanged } from '../../features/setting/value.ts';
import type { RunningReconciler } from '../reconciler.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;

beforeAll(async () => {
  zone = await testZone();
  reconciler = zone.reconciler();
  reconciler.wake('instance', await zone.deploy(await zone.addNetwork()));
  await vi.waitFor(
    async () => expect(await running()).toMatchObject({ state: 'Running', replaces: null }),
    { timeout: 30_000 },
  );
}, 60_000);
afterAll(async () => {
  await reconciler.close();
  await zone.close();
});

const running = () =>
  zone.db.selectFrom('routers').selectAll().orderBy('seq', 'desc').executeTakeFirstOrThrow();

async function set(name: SettingName | TextSettingName, value: string): Promise<void> {
  await zone.db
    .insertInto('settings')
    .values({ name, value })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
    .execute();
  settingsChanged();
}

async function failing(): Promise<Set<string>> {
  const router = zone.agent.routers.get((await running()).id);
  if (router === undefined) throw new Error('the router is not on the host');
  return router.failing;
}

const failures = async (): Promise<string[]> =>
  (await running()).health_checks.flatMap(({ name, success }) => (success ? [] : [name]));

async function told(): Promise<string[]> {
  const events = await zone.db
    .selectFrom('events')
    .select('description')
    .where('type', '=', 'ROUTER.HEALTH.CHECKS')
    .orderBy('seq')
    .execute();
  return events.map(({ description }) => description);
}

test('a check that fails is told once, by an event and an alert, and again after it was well', async () => {
  await reconciler.watch.checkHealth();
  expect(await failures()).toEqual([]);
  expect((await running()).health_checks).toHaveLength(8);
  const { name, id } = await running();
  (await failing()).add('dns_check');
  await reconciler.watch.checkHealth();
  await reconciler.watch.checkHealth();
  expect(await failures()).toEqual(['dns_check']);
  const description = `Router ${name} has failing checks: dns_check`;
  expect(await told()).toEqual([description]);
  const alerts = await zone.db.selectFrom('alerts').selectAll().execute();
  expect(alerts).toMatchObject([
    { name: 'ALERT.SERVICE.DOMAINROUTER', description, subject_id: id },
  ]);
  (await failing()).clear();
  await reconciler.watch.checkHealth();
  expect(await failures()).toEqual([]);
  (await failing()).add('dns_check');
  await reconciler.watch.checkHealth();
  expect(await told()).toEqual([description, description]);
});

test('the alert of a failing check is open as long as it fails', async () => {
  const open = async (): Promise<string[]> => {
    await zone.db
      .updateTable('alerts')
      .set({ sent: new Date(0) })
      .execute();
    await reconciler.watch.compareRouters();
    const alerts = zone.db.selectFrom('alerts').select('name').where('resolved', 'is', null);
    return (await alerts.execute()).map(({ name }) => name);
  };
  expect(await failures()).toEqual(['dns_check']);
  expect(await open()).toEqual(['ALERT.SERVICE.DOMAINROUTER']);
  (await failing()).clear();
  await reconciler.watch.checkHealth();
  expect(await open()).toEqual([]);
  (await failing()).add('dns_check');
  await reconciler.watch.checkHealth();
});

test('a round of one kind leaves what the other has told', async () => {
  (await failing()).clear();
  (await failing()).add('services');
  await reconciler.watch.checkHealth(['basic']);
  expect(await failures()).toEqual(['services', 'dns_check']);
  await reconciler.watch.checkHealth(['advanced']);
  expect(await failures()).toEqual(['services']);
});

test('what is excluded is not kept, and without health checks nobody is asked', async () => {
  await set('router.health.checks.to.exclude', 'services, dns_check.py');
  await reconciler.watch.checkHealth();
  expect(await failures()).toEqual([]);
  expect((await running()).health_checks).toHaveLength(6);
  await set('router.health.checks.enabled', '0');
  const asked = zone.agent.calls.get('healthChecks');
  await reconciler.watch.checkHealth();
  expect(zone.agent.calls.get('healthChecks')).toBe(asked);
  await set('router.health.checks.enabled', '1');
  await set('router.health.checks.to.exclude', '');
});

test('a router is replaced where a check fails that the operator chose', async () => {
  const { id } = await running();
  (await failing()).add('gateways_check');
  await reconciler.watch.checkHealth();
  await reconciler.idle();
  expect((await running()).id).toBe(id);
  await set('router.health.checks.failures.to.recreate.vr', 'gateways_check.py');
  await reconciler.watch.checkHealth();
  await vi.waitFor(
    async () => {
      const now = await running();
      expect(now).toMatchObject({ state: 'Running', replaces: null });
      expect(now.id).not.toBe(id);
    },
    { timeout: 30_000 },
  );
  await reconciler.watch.checkHealth();
  expect(await failures()).toEqual([]);
  expect((await told()).at(-1)).toContain('is replaced: a health check failed');
});
