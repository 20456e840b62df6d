import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { HostRow, InstanceRow } from '../../store/schema.ts';
import type { Demand } from '../placement/choose.ts';
import { type Placement, placeOn } from '../placement/place.ts';
import { networksOf } from './ready.ts';

type Choice = Pick<Placement, 'hostId' | 'clusterId' | 'podId' | 'avoid'> & {
  /** Whether it is moved while it runs, or starts where its disk is. */
  readonly moves?: boolean;
};

/** Chooses a host for an instance by its offering and template; see `placeOn`. */
export async function placeInstance(
  tx: Db,
  instance: InstanceRow,
  choice: Choice,
): Promise<HostRow> {
  return placeOn(tx, await placementOf(tx, instance, choice));
}

/** What is asked of a host for an instance. */
export async function placementOf(
  tx: Db,
  instance: InstanceRow,
  { moves = false, ...choice }: Choice,
): Promise<Placement> {
  const size = await tx
    .selectFrom('service_offerings')
    .select(['memory_mib', 'host_tags'])
    .where('id', '=', instance.service_offering_id)
    .executeTakeFirstOrThrow();
  const { hypervisor } = await tx
    .selectFrom('templates')
    .select('hypervisor')
    .where('id', '=', instance.template_id)
    .executeTakeFirstOrThrow();
  const disk = await diskOf(tx, instance);
  return {
    ...choice,
    zoneId: instance.zone_id,
    size,
    hypervisors: [hypervisor],
    networkIds: await networksOf(tx, instance.id),
    ...(moves ? { movesFrom: disk } : { disk }),
    self: instance.id,
  };
}

/** An instance that ran has a disk, where it ran last. */
async function diskOf(
  tx: Db,
  { last_host_id }: Pick<InstanceRow, 'last_host_id'>,
): Promise<Demand['disk']> {
  if (last_host_id === null) return null;
  const host = await tx
    .selectFrom('hosts')
    .select('shared_storage')
    .where('id', '=', last_host_id)
    .executeTakeFirst();
  return { hostId: last_host_id, sharedStorage: host?.shared_storage ?? null };
}

/**
 * Where something of an instance may be, but for dead hosts: first the host that holds its disk, or one that shares the
 * storage with it.
 */
export async function hostsOf(
  db: Db,
  { host_id, last_host_id, migration_target }: InstanceRow,
): Promise<{ id: string }[]> {
  const holder = host_id ?? last_host_id;
  const { rows } = await sql<{ id: string }>`
    select h.id from hosts h left join hosts holder on holder.id = ${holder}::uuid
    where h.state not in ('Down', 'Removed') and (h.id in (${host_id}::uuid, ${last_host_id}::uuid, ${migration_target}::uuid)
      or holder.state in ('Down', 'Removed') and h.state = 'Up' and h.shared_storage = holder.shared_storage)
    order by h.id is distinct from ${holder}::uuid, h.shared_storage is distinct from holder.shared_storage, h.seq`.execute(
    db,
  );
  return rows;
}
