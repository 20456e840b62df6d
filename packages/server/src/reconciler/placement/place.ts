import type { HypervisorKind } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { settingsAt } from '../../features/setting/value.ts';
import type { Db } from '../../store/database.ts';
import type { HostRow, ServiceOfferingRow } from '../../store/schema.ts';
import { chooseHost, type Demand, type HostRoom } from './choose.ts';
import { readCompany } from './company.ts';
import { readJoined } from './joined.ts';

/** Containers take what they use: their limits may add up to this many times the host's memory. */
const containerOvercommit = 4;

export interface Placement {
  readonly zoneId: string;
  readonly size: Pick<ServiceOfferingRow, 'memory_mib' | 'host_tags'>;
  readonly hypervisors: readonly HypervisorKind[];
  readonly disk?: Demand['disk'];
  readonly movesFrom?: Demand['movesFrom'];
  readonly hostId?: string | null;
  readonly clusterId?: string | null;
  readonly podId?: string | null;
  readonly avoid?: readonly string[];
  /** Networks in which it has a port. */
  readonly networkIds: readonly string[];
  /** Whether it is a router with a public side; it is not unless told. */
  readonly needsPublic?: boolean;
  /** The router that it is to follow. */
  readonly replaces?: string | null;
  /** What is placed, and so does not stand in its own way where it is counted already. */
  readonly self: string | null;
}

/**
 * The host that something new is to run on. Its row must be written with that host in the same transaction: placements of a
 * zone follow one another, so that two never share the last memory of a host. Throws `insufficient_capacity`, or
 * `resource_unavailable` where a host that would do is only away, both with what is wrong with each host.
 */
export async function placeOn(tx: Db, placement: Placement): Promise<HostRow> {
  await sql`select 1 from zones where id = ${placement.zoneId} for no key update`.execute(tx);
  const rooms = await readRooms(tx, placement, placement.hostId ?? null);
  const chosen = chooseHost(rooms, await readDemand(tx, placement));
  if ('host' in chosen)
    return tx
      .selectFrom('hosts')
      .selectAll()
      .where('id', '=', chosen.host.id)
      .executeTakeFirstOrThrow();
  const named = chosen.refusals.filter(({ host }) => (placement.hostId ?? host.id) === host.id);
  const reasons = named.map(({ host, reason }) => `host ${host.name}: ${reason}`);
  const reason = reasons.length === 0 ? 'the zone has no host' : reasons.join('; ');
  if (chosen.refusals.some(({ away }) => away))
    throw new IsolaError('resource_unavailable', { reason });
  throw new IsolaError('insufficient_capacity', { reason: `Insufficient capacity: ${reason}` });
}

/** Why each host of the zone would not be taken, by its id; `null` for one that would. Nothing is reserved. */
export async function unsuitableHosts(
  db: Db,
  placement: Placement,
): Promise<ReadonlyMap<string, string | null>> {
  const demand = await readDemand(db, placement);
  const rooms = await readRooms(db, placement, null);
  return new Map(
    rooms.map(room => {
      const chosen = chooseHost([room], demand);
      return [room.id, 'host' in chosen ? null : (chosen.refusals[0]?.reason ?? null)];
    }),
  );
}

async function readDemand(db: Db, placement: Placement): Promise<Demand> {
  const { self, replaces = null, networkIds } = placement;
  return {
    memoryMiB: placement.size.memory_mib,
    hypervisors: placement.hypervisors,
    tags: tagsOf(placement.size.host_tags),
    disk: placement.disk ?? null,
    movesFrom: placement.movesFrom ?? null,
    hostId: placement.hostId ?? null,
    clusterId: placement.clusterId ?? null,
    podId: placement.podId ?? null,
    networks: await readJoined(db, networkIds, { self, replaces }),
    needsPublic: placement.needsPublic ?? false,
    company: await readCompany(db, self),
    avoid: placement.avoid ?? [],
  };
}

type Sized = Pick<HostRow, 'cluster_id' | 'hypervisor' | 'memory_bytes'>;

/** Bytes of a host's memory that are kept for itself: its kernel, agent and hypervisor. Small hosts keep an eighth. */
const keptForHost = 2 ** 30;

/** Bytes of memory that each of these hosts may give out: what it does not keep for itself, as often as it may be given out. */
export async function memoryForGuests(
  db: Db,
  hosts: readonly Sized[],
): Promise<(host: Sized) => number> {
  const factors = await settingsAt(db, 'mem.overprovisioning.factor', {
    scope: 'cluster',
    ids: [...new Set(hosts.map(host => host.cluster_id))],
  });
  return ({ hypervisor, cluster_id: cluster, memory_bytes: bytes }) => {
    const factor = hypervisor === 'LXC' ? containerOvercommit : (factors.get(cluster) ?? 1);
    return Math.floor((bytes - Math.min(keptForHost, bytes / 8)) * factor);
  };
}

/** `host_tags` of an offering: separated by commas. */
function tagsOf(text: string | null): string[] {
  return (text ?? '').split(',').flatMap(tag => (tag.trim() === '' ? [] : [tag.trim()]));
}

interface Counted {
  readonly host_id: string;
  readonly memory_mib: number;
  readonly mhz: number;
}

/** What instances and routers hold on hosts of the zone, or on `only` one, and what is kept for instances on their way there. */
async function readRooms(
  tx: Db,
  { zoneId, self }: Placement,
  only: string | null,
): Promise<HostRoom[]> {
  // What a host holds is counted row by row: where one is asked for, not that of all others.
  const on = (column: string) =>
    only === null ? sql`${sql.ref(column)} is not null` : sql`${sql.ref(column)} = ${only}::uuid`;
  const hosts = await tx
    .selectFrom('hosts')
    .innerJoin('clusters', 'clusters.id', 'hosts.cluster_id')
    .innerJoin('pods', 'pods.id', 'hosts.pod_id')
    .selectAll('hosts')
    .select(['clusters.allocation_state', 'pods.allocation_state as pod_state'])
    .where('hosts.zone_id', '=', zoneId)
    .where('hosts.state', '<>', 'Removed')
    .$if(only !== null, query => query.where('hosts.id', '=', only))
    .orderBy('hosts.seq')
    .execute();
  const { rows } = await sql<Counted>`
    select host_id, sum(number * o.memory_mib)::bigint as memory_mib,
      sum(number * o.cpu_number * o.cpu_speed)::bigint as mhz from (
      select host_id, service_offering_id as offering, count(*) as number from instances
        where ${on('host_id')} and id is distinct from ${self}::uuid group by 1, 2
      union all select migration_target, service_offering_id, count(*) from instances
        where ${on('migration_target')} and id is distinct from ${self}::uuid group by 1, 2
      union all select r.host_id, coalesce(r.service_offering_id, f.service_offering_id,
          (select id from service_offerings where is_system and is_default order by seq limit 1)), number
        from (select r.host_id, r.service_offering_id, n.offering_id, count(*) as number
          from routers r join networks n on n.id = r.network_id
          where ${on('r.host_id')} and r.id is distinct from ${self}::uuid group by 1, 2, 3) r
        join network_offerings f on f.id = r.offering_id
    ) held join service_offerings o on o.id = held.offering group by host_id`.execute(tx);
  const held = new Map(rows.map(row => [row.host_id, row]));
  const memory = await memoryForGuests(tx, hosts);
  return hosts.map(host => ({
    id: host.id,
    name: host.name,
    clusterId: host.cluster_id,
    podId: host.pod_id,
    state: host.state,
    // A pod or cluster that is disabled takes nothing new.
    resourceState:
      host.allocation_state === 'Enabled' && host.pod_state === 'Enabled'
        ? host.resource_state
        : 'Disabled',
    hypervisor: host.hypervisor,
    tags: host.tags,
    sharedStorage: host.shared_storage,
    links: [
      ...(host.underlay_address === null ? [] : ['VXLAN' as const]),
      ...(host.guest_mtu === null ? [] : ['VLAN' as const]),
    ],
    reachesPublic: host.reaches_public,
    memoryMiB: memory(host) / 2 ** 20,
    reservedMiB: held.get(host.id)?.memory_mib ?? 0,
    cpuMHz: host.cpu_cores * host.cpu_mhz,
    reservedMHz: held.get(host.id)?.mhz ?? 0,
  }));
}
