import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunningReconciler } from './reconciler.ts';
import { type TestZone, testZone } from './test-zone.ts';

const few = 2;
const many = 12;

let zone: TestZone;
let reconciler: RunningReconciler;

beforeAll(async () => {
  zone = await testZone();
  reconciler = zone.reconciler();
}, 60_000);
afterAll(async () => {
  await reconciler.close();
  await zone.close();
});

/** Makes networks with a router and an instance each until there are so many, and waits until all run. */
async function grow(count: number): Promise<void> {
  for (let at = zone.agent.routers.size; at < count; at += 1) {
    const network = await zone.addNetwork();
    const instance = await zone.deploy(network);
    reconciler.wake('instance', instance);
  }
  await vi.waitFor(
    async () => {
      const running = await zone.db
        .selectFrom('instances')
        .select('id')
        .where('state', '=', 'Running')
        .execute();
      expect(running).toHaveLength(count);
      const behind = await zone.db
        .selectFrom('networks')
        .select('id')
        .whereRef('applied_generation', '<', 'generation')
        .execute();
      expect(behind).toEqual([]);
    },
    { timeout: 30_000 },
  );
}

/** How often PostgreSQL is asked meanwhile, at the fewest of several times: what was woken before may still ask. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < 5; at += 1) {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    await work();
    fewest = Math.min(fewest, query.mock.calls.length);
    query.mockRestore();
  }
  return fewest;
}

test('comparisons ask as often for many routers and guests as for few', async () => {
  const counted = async () => ({
    hosts: await statements(() => reconciler.watch.compareHosts()),
    routers: await statements(() => reconciler.watch.compareRouters()),
    health: await statements(() => reconciler.watch.checkHealth()),
  });
  await grow(few);
  const before = await counted();
  await grow(many);
  const asked = zone.agent.calls.get('report') ?? 0;
  const after = await counted();
  expect((zone.agent.calls.get('report') ?? 0) - asked).toBe(5 * many);
  expect(before.hosts).toBeGreaterThan(0);
  expect(after).toEqual(before);
}, 60_000);

test('a round reads of routers where they are, and not what they answered before', async () => {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await reconciler.watch.compareRouters();
  const texts = query.mock.calls.map(([statement]: readonly unknown[]) =>
    typeof statement === 'object' && statement !== null && 'text' in statement
      ? String(statement.text)
      : String(statement),
  );
  query.mockRestore();
  const ofRouters = texts.filter(text => text.startsWith('select') && text.includes('"routers"'));
  expect(ofRouters.length).toBeGreaterThan(0);
  expect(ofRouters.filter(text => text.includes('*') || text.includes('health_checks'))).toEqual(
    [],
  );
});
