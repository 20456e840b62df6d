import { fingerprintOf } from '@isola/model';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { compileNetwork } from '../compile/compile.ts';
import type { NetworkRow } from '../store/schema.ts';
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

/**
 * Rows, tags, addresses and the hosts say the same, nothing belongs to nobody, and nothing runs twice. Only after everything has
 * converged, and hosts that were away have been compared.
 */
export async function expectAgreement(zone: Pick<TestZone, 'db' | 'hosts'>): Promise<void> {
  const { db } = zone;
  const hosts = zone.hosts.filter(host => host.agent.connected);
  const agentOf = (hostId: string | null) => zone.hosts.find(host => host.id === hostId)?.agent;
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
  // A tag that was asked for by number is the network's from the beginning.
  const tagged = networks.filter(
    network => network.state === 'Implemented' || network.requested_vlan !== null,
  );
  const vlans = tagged.map(network => network.vlan ?? network.requested_vlan);
  expect(new Set(tags.map(tag => tag.tag))).toEqual(new Set(vlans));
  expect(tags).toHaveLength(tagged.length);
  expect(
    networks.filter(
      network =>
        network.state === 'Allocated' && network.vlan !== null && network.requested_vlan === null,
    ),
  ).toEqual([]);

  for (const { id, agent } of hosts) {
    const own = routers.filter(router => router.host_id === id);
    expect(new Set(agent.routers.keys())).toEqual(new Set(own.map(router => router.id)));
  }
  await expectSegments(zone, implemented);
  for (const router of routers) {
    expect(router.state).toBe(router.desired_state);
    expect(router.replaces).toBeNull();
    const host = agentOf(router.host_id)?.routers.get(router.id);
    expect(host?.running).toBe(router.state === 'Running');
    if (router.state !== 'Running') continue;
    const wanted = fingerprintOf(await compileNetwork(db, router.network_id, router));
    expect(host?.index?.fingerprint).toBe(wanted);
    expect(router.fingerprint).toBe(wanted);
  }
  expect(new Set(routers.map(router => router.network_id)).size).toBe(routers.length);

  for (const instance of instances) {
    expect([instance.desired_state, 'Error']).toContain(instance.state);
    const running = hosts.filter(({ agent }) => agent.guests.get(instance.id)?.running === true);
    expect(running.map(host => host.id)).toEqual(
      instance.state === 'Running' ? [instance.host_id] : [],
    );
    expect(instance.migration_target).toBeNull();
    const { last_host_id: last } = instance;
    if (last !== null) expect(agentOf(last)?.disks).toContain(instance.id);
  }
  for (const { agent, id } of hosts)
    for (const guest of agent.guests.keys()) {
      const instance = instances.find(one => one.id === guest);
      expect([instance?.host_id, instance?.last_host_id]).toContain(id);
    }
  for (const nic of nics) expect(nic.state).toBe('Active');

  for (const address of addresses) expect(address.state).toBe('Allocated');
  const owned = new Set(networks.map(network => network.id));
  for (const address of addresses) expect(owned).toContain(address.network_id);
  for (const network of implemented)
    expect(
      addresses.filter(one => one.network_id === network.id && one.is_source_nat),
    ).toHaveLength(network.guest_type === 'Isolated' ? 1 : 0);
  const rules = await db.selectFrom('port_forwarding_rules').select('state').execute();
  for (const rule of rules) expect(rule.state).toBe('Active');
}

/** Each host has the segments of the networks that have a port there, and of VXLAN knows just the other hosts that have one. */
async function expectSegments(
  { db, hosts }: Pick<TestZone, 'db' | 'hosts'>,
  implemented: readonly NetworkRow[],
): Promise<void> {
  const needed = new Map(hosts.map(host => [host.id, new Map<number, readonly string[]>()]));
  for (const network of implemented) {
    const { rows } = await sql<{ id: string }>`
      select host_id as id from routers where network_id = ${network.id} and state = 'Running'
      union select host_id from instances join nics on nics.instance_id = instances.id
        where network_id = ${network.id} and host_id is not null`.execute(db);
    const carriers = new Set(rows.map(row => row.id));
    const addresses = hosts.filter(({ id }) => carriers.has(id)).map(host => host.address);
    for (const { id, address } of hosts)
      if (carriers.has(id) && network.vlan !== null)
        needed.get(id)?.set(network.vlan, addresses.filter(other => other !== address).toSorted());
  }
  for (const { id, agent } of hosts) {
    if (!agent.connected) continue;
    expect(agent.segments).toEqual(new Set(needed.get(id)?.keys()));
    for (const [vlan, spec] of agent.segmentSpecs)
      expect(spec.peers).toEqual(needed.get(id)?.get(vlan));
  }
}
