import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll } from '../test-agreement.ts';
import { type TestHost, type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
let networkId: string;

beforeEach(async () => {
  zone = await testZone({ hosts: 2 });
  reconciler = zone.reconciler();
  await reconciler.start();
  networkId = await zone.addNetwork();
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

/** The host says something else of itself from now on, and is compared. */
async function becomes(
  { agent }: TestHost,
  change: { underlayMtu?: number; guestMtu?: number },
): Promise<void> {
  const before = await agent.facts();
  agent.facts = () => {
    const { underlayMtu = 1500, guestMtu = before.guestMtu } = change;
    const underlay = { address: '192.0.2.77', mtu: underlayMtu };
    return Promise.resolve({ ...before, guestMtu, underlay });
  };
  await reconciler.watch.compareHosts();
  await convergeAll(zone, reconciler);
}

const open = async (): Promise<readonly (string | null)[]> => {
  const alerts = await zone.db
    .selectFrom('alerts')
    .select('description')
    .where('name', '=', 'ALERT.VR.PRIVATE.IFACE.MTU')
    .where('resolved', 'is', null)
    .execute();
  return alerts.map(alert => alert.description);
};

function hostAt(n: number): TestHost {
  const host = zone.hosts[n];
  if (host === undefined) throw new Error(`no host ${n}`);
  return host;
}

test('an underlay that became too small for a network of its host is told, and told off when it is right again', async () => {
  await zone.db.updateTable('physical_networks').set({ isolation_method: 'VXLAN' }).execute();
  await zone.db.updateTable('networks').set({ private_mtu: 1450 }).execute();
  const id = await zone.deploy(networkId, { hostId: hostAt(0).id });
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  await becomes(hostAt(0), { underlayMtu: 1500 });
  expect(await open()).toEqual([]);
  await becomes(hostAt(0), { underlayMtu: 1499 });
  expect(await open()).toEqual([
    expect.stringMatching(/^The underlay of host memory1 has MTU 1499, .* needs 1500: raise/),
  ]);
  await becomes(hostAt(0), { underlayMtu: 0 });
  expect(await open()).toEqual([expect.stringContaining('cannot carry anything')]);
  await becomes(hostAt(0), { underlayMtu: 9000 });
  expect(await open()).toEqual([]);
  const host = await zone.db
    .selectFrom('hosts')
    .select('underlay_mtu')
    .where('id', '=', hostAt(0).id)
    .executeTakeFirstOrThrow();
  expect(host.underlay_mtu).toBe(9000);
});

test('a host that carries no such network is left alone, and one that carries VLANs has its interface looked at', async () => {
  await zone.db.updateTable('physical_networks').set({ isolation_method: 'VLAN' }).execute();
  const id = await zone.deploy(networkId, { hostId: hostAt(0).id });
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  await becomes(hostAt(0), { guestMtu: 1400 });
  expect(await open()).toEqual([
    expect.stringMatching(/^The interface for VLANs of host memory1 has MTU 1400/),
  ]);
  await becomes(hostAt(0), { guestMtu: 1500 });
  await becomes(hostAt(1), { guestMtu: 1400, underlayMtu: 100 });
  const router = await zone.db.selectFrom('routers').select('host_id').executeTakeFirstOrThrow();
  if (router.host_id !== hostAt(1).id) expect(await open()).toEqual([]);
});
