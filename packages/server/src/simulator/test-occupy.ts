import { fingerprintOf } from '@isola/model';
import { sql } from 'kysely';
import { compileNetwork } from '../compile/compile.ts';
import { readGuestSpec } from '../reconciler/instance/guest-spec.ts';
import { readSurroundings, routerSpec } from '../reconciler/network/router-spec.ts';
import { segmentOf } from '../reconciler/network/segment.ts';
import type { Db } from '../store/database.ts';
import { gate } from '../store/gate.ts';
import type { InstanceRow, RouterRow } from '../store/schema.ts';
import { startedRouter } from './router.ts';
import type { SimulatedHost } from './simulated-host.ts';
import type { SimulatedWorld } from './simulator.ts';

const atOnce = 8;

/**
 * Has simulated hosts run what the rows say runs on them, without a server that starts it: routers with what is compiled for
 * them, and guests. The routers' fingerprints are written into their rows.
 */
export async function occupy(db: Db, { hosts }: SimulatedWorld): Promise<void> {
  const turn = gate(atOnce);
  const hostOf = (id: string | null): SimulatedHost => {
    const host = hosts.get(id ?? '');
    if (host === undefined) throw new Error(`there is no simulated host ${id}`);
    return host;
  };
  const routers = await db
    .selectFrom('routers')
    .selectAll()
    .where('state', '=', 'Running')
    .execute();
  const fingerprints = await Promise.all(
    routers.map(router => turn(() => runRouter(db, hostOf(router.host_id), router))),
  );
  await sql`update routers set fingerprint = made.fingerprint
    from unnest(${routers.map(({ id }) => id)}::uuid[], ${fingerprints}::text[]) as made(id, fingerprint)
    where routers.id = made.id`.execute(db);
  const instances = await db
    .selectFrom('instances')
    .selectAll()
    .where('state', '=', 'Running')
    .execute();
  await Promise.all(
    instances.map(instance => turn(() => runGuest(db, hostOf(instance.host_id), instance))),
  );
}

async function runRouter(db: Db, host: SimulatedHost, router: RouterRow): Promise<string> {
  const network = await db
    .selectFrom('networks')
    .innerJoin('physical_networks', 'physical_networks.id', 'networks.physical_network_id')
    .selectAll('networks')
    .select('physical_networks.isolation_method')
    .where('networks.id', '=', router.network_id)
    .executeTakeFirstOrThrow();
  const surroundings = await readSurroundings(db, network, router);
  const config = await compileNetwork(db, network.id, router);
  const segment = segmentOf(network);
  host.segments.add(segment.id);
  host.segmentSpecs.set(segment.id, {
    ...segment,
    label: null,
    mtu: network.private_mtu,
    peers: [],
  });
  host.routers.set(router.id, startedRouter(routerSpec(router, surroundings), config));
  return fingerprintOf(config);
}

async function runGuest(db: Db, host: SimulatedHost, instance: InstanceRow): Promise<void> {
  const spec = await readGuestSpec(db, instance, instance.host_id ?? '');
  host.guests.set(instance.id, { spec, running: true });
  host.disks.add(instance.id);
}
