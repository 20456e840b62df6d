import { fingerprintOf } from '@isola/model';
import { expect } from 'vitest';
import { compileNetwork } from '../compile/compile.ts';
import type { RunningReconciler } from './reconciler.ts';
import type { TestZone } from './test-zone.ts';
import { readUnfinished } from './unfinished.ts';

/** Looks again and again at everything that is not as it was asked to be, until nothing is left. */
export async function convergeAll(zone: TestZone, reconciler: RunningReconciler): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    await reconciler.idle();
    const unfinished = await readUnfinished(zone.db);
    if (unfinished.length === 0) return;
    for (const { kind, id } of unfinished) reconciler.wake(kind, id);
  }
  expect(await readUnfinished(zone.db)).toEqual([]);
}

/** Rows, tags, addresses and the host say the same, and nothing belongs to nobody. Only after everything has converged. */
export async function expectAgreement({ db, agent }: TestZone): Promise<void> {
  const networks = await db.selectFrom('networks').selectAll().execute();
  const routers = await db.selectFrom('routers').selectAll().execute();
  const instances = await db.selectFrom('instances').selectAll().execute();
  const tags = await db.selectFrom('vlan_tags').selectAll().execute();
  const nics = await db.selectFrom('nics').selectAll().execute();
  const addresses = await db
    .selectFrom('public_addresses')
    .selectAll()
    .where('state', '<>', 'Free')
    .execute();
  const jobs = await db.selectFrom('jobs').select('status').where('status', '=', 0).execute();
  const implemented = networks.filter(network => network.state === 'Implemented');

  expect(jobs).toEqual([]);
  for (const network of networks) expect(network.state).toBe(network.desired_state);
  const vlans = implemented.map(network => network.vlan);
  expect(new Set(tags.map(tag => tag.tag))).toEqual(new Set(vlans));
  expect(tags).toHaveLength(implemented.length);
  expect(agent.segments).toEqual(new Set(vlans));
  expect(
    networks.filter(network => network.state === 'Allocated' && network.vlan !== null),
  ).toEqual([]);

  expect(new Set(agent.routers.keys())).toEqual(new Set(routers.map(router => router.id)));
  for (const router of routers) {
    expect(router.state).toBe(router.desired_state);
    expect(router.replaces).toBeNull();
    const host = agent.routers.get(router.id);
    expect(host?.running).toBe(router.state === 'Running');
    if (router.state !== 'Running') continue;
    const wanted = fingerprintOf(await compileNetwork(db, router.network_id, router));
    expect(host?.index?.fingerprint).toBe(wanted);
    expect(router.fingerprint).toBe(wanted);
  }
  expect(new Set(routers.map(router => router.network_id)).size).toBe(routers.length);

  for (const instance of instances) {
    expect([instance.desired_state, 'Error']).toContain(instance.state);
    expect(agent.guests.get(instance.id)?.running ?? false).toBe(instance.state === 'Running');
  }
  const known = new Set(instances.map(instance => instance.id));
  for (const id of agent.guests.keys()) expect(known).toContain(id);
  for (const nic of nics) expect(nic.state).toBe('Active');

  for (const address of addresses) expect(address.state).toBe('Allocated');
  const owned = new Set(networks.map(network => network.id));
  for (const address of addresses) expect(owned).toContain(address.network_id);
  for (const network of implemented)
    expect(
      addresses.filter(one => one.network_id === network.id && one.is_source_nat),
    ).toHaveLength(1);
  const rules = await db.selectFrom('port_forwarding_rules').select('state').execute();
  for (const rule of rules) expect(rule.state).toBe('Active');
}
