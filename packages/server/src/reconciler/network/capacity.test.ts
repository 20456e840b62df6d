import { afterEach, expect, test } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;

const made = (size: { vlans: number; addresses: number }) => async () => {
  zone = await testZone(size);
  reconciler = zone.reconciler();
};
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

async function implementAll(count: number): Promise<string[]> {
  const jobs: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const networkId = await zone.addNetwork();
    const instanceId = await zone.deploy(networkId);
    jobs.push(await zone.job('instance', instanceId));
    reconciler.wake('instance', instanceId);
  }
  await convergeAll(zone, reconciler);
  return jobs;
}

test('fifty networks implemented at once: no tag, address or name twice', async () => {
  await made({ vlans: 50, addresses: 50 })();
  const jobs = await implementAll(50);
  for (const job of jobs) expect(await zone.readJob(job)).toMatchObject({ status: 1 });
  await expectAgreement(zone);
  const routers = await zone.db.selectFrom('routers').selectAll().execute();
  for (const column of [
    'name',
    'control_address',
    'control_mac',
    'guest_mac',
    'public_mac',
  ] as const)
    expect(new Set(routers.map(router => router[column])).size).toBe(50);
  expect(zone.agent.segments.size).toBe(50);
});

test.each([
  ['tags', { vlans: 7, addresses: 50 }, 'ALERT.NETWORK.VLAN'],
  ['addresses', { vlans: 50, addresses: 7 }, 'ALERT.NETWORK.PUBLICIP'],
])(
  'a pool of %s that runs dry midway fails the rest and leaves nothing of them',
  async (_, size, alert) => {
    await made(size)();
    const jobs = await implementAll(12);
    const rows = await Promise.all(jobs.map(job => zone.readJob(job)));
    expect(rows.filter(job => job.status === 1)).toHaveLength(7);
    expect(rows.filter(job => job.status === 2 && job.result_code === 533)).toHaveLength(5);
    await expectAgreement(zone);
    expect(zone.agent.routers.size).toBe(7);
    const alerts = await zone.db.selectFrom('alerts').select('name').execute();
    expect(alerts.filter(row => row.name === alert)).toHaveLength(5);
    const networks = await zone.db.selectFrom('networks').select('state').execute();
    expect(networks.filter(row => row.state === 'Allocated')).toHaveLength(5);
  },
);
