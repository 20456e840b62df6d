import { afterAll, beforeAll, expect, test } from 'vitest';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
beforeAll(async () => {
  zone = await testZone({ hosts: 3 });
});
afterAll(() => zone.close());

test('a router is replaced where it was asked for, with its size, and elsewhere when there is no room there', async () => {
  const reconciler = zone.reconciler();
  await reconciler.start();
  const networkId = await zone.addNetwork();
  const first = await zone.deploy(networkId);
  reconciler.wake('instance', first);
  await convergeAll(zone, reconciler);
  const router = () => zone.db.selectFrom('routers').selectAll().executeTakeFirstOrThrow();
  const move = async (hostId: string | null): Promise<void> => {
    await zone.db.updateTable('routers').set({ requested_host_id: hostId }).execute();
    const { generation } = await zone.db
      .selectFrom('networks')
      .select('generation')
      .executeTakeFirstOrThrow();
    await zone.askNetwork(networkId, { replace_generation: generation + 1 });
    reconciler.wake('network', networkId);
    await convergeAll(zone, reconciler);
  };
  const before = await router();
  const size = await zone.db
    .selectFrom('service_offerings')
    .select('id')
    .where('name', '=', 'available')
    .executeTakeFirstOrThrow();
  await zone.db.updateTable('routers').set({ service_offering_id: size.id }).execute();
  const target = zone.hosts.find(host => host.id !== before.host_id);
  await move(target?.id ?? null);
  const moved = await router();
  expect(moved).toMatchObject({
    host_id: target?.id,
    state: 'Running',
    guest_mac: before.guest_mac,
    public_mac: before.public_mac,
    service_offering_id: size.id,
    requested_host_id: null,
  });
  expect(target?.agent.routers.get(moved.id)?.spec.limits.memoryMiB).toBe(256);
  await expectAgreement(zone);
  const full = zone.hosts.find(host => host.id !== moved.host_id);
  await zone.db
    .updateTable('hosts')
    .set({ memory_bytes: 0 })
    .where('id', '=', full?.id ?? '')
    .execute();
  await move(full?.id ?? null);
  expect(await router()).toMatchObject({ state: 'Running' });
  expect((await router()).host_id).not.toBe(full?.id);
  await expectAgreement(zone);
  await reconciler.close();
});
