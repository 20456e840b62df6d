import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import type { Db } from '../../store/database.ts';
import type { HostRow, HostState, InstanceRow } from '../../store/schema.ts';
import type { Convergence, Woken } from '../convergence.ts';
import { startsElsewhere } from '../instance/start.ts';

/**
 * What ran on hosts that are known to be dead: routers, and guests of highly available offerings whose disk others reach, are to
 * start elsewhere. Any other guest stays with its host, `Stopped`, until that is back: it may still run there, and its disk is there.
 * Of a host that is removed nothing is awaited: whoever removed it answers for that.
 */
export async function takeFromDead(ctx: Convergence): Promise<void> {
  const hosts = await ctx.db
    .selectFrom('hosts')
    .select('id')
    .where('state', 'in', dead)
    .orderBy('seq')
    .execute();
  for (const { id } of hosts) {
    const woken = await ctx.db.transaction().execute(tx => take(ctx, tx, id));
    if (woken.length > 0) ctx.fault('host.lost.taken');
    for (const { kind, id: key } of woken) ctx.wake(kind, key);
  }
}

const dead: readonly HostState[] = ['Down', 'Removed'];

interface Key {
  readonly kind: Woken;
  readonly id: string;
}

async function take(ctx: Convergence, tx: Db, hostId: string): Promise<Key[]> {
  // A host that comes back is not `Down` any more, and is compared with rows that stay as they are.
  const host = await tx
    .selectFrom('hosts')
    .selectAll()
    .where('id', '=', hostId)
    .where('state', 'in', dead)
    .forShare()
    .executeTakeFirst();
  if (host === undefined) return [];
  const routers = await tx
    .updateTable('routers')
    .set({ state: 'Stopped' })
    .where('host_id', '=', hostId)
    .where('state', '=', 'Running')
    .where('desired_state', '=', 'Running')
    .returning(['id', 'network_id'])
    .execute();
  for (const { id } of routers) ctx.compiled.forget(id);
  const instances = await tx
    .selectFrom('instances')
    .selectAll('instances')
    .where('host_id', '=', hostId)
    .where('desired_state', '=', 'Running')
    .where(sql<boolean>`(instances.state = 'Running' or instances.state = 'Starting' and last_host_id is not null
      and not (ha_enabled and ${host.shared_storage !== null}))`)
    // Whether one that was being moved came through is seen at its target.
    .where('migration_target', 'is', null)
    .forUpdate()
    .execute();
  for (const instance of instances) await takeInstance(ctx, tx, { instance, host });
  return [
    ...routers.map(router => ({ kind: 'network' as const, id: router.network_id })),
    ...instances.map(instance => ({ kind: 'instance' as const, id: instance.id })),
  ];
}

interface Lost {
  readonly instance: InstanceRow;
  readonly host: HostRow;
}

async function takeInstance(ctx: Convergence, tx: Db, { instance, host }: Lost): Promise<void> {
  const { id } = instance;
  const goesOn = startsElsewhere(instance, {
    highlyAvailable: instance.ha_enabled,
    sharedStorage: host.shared_storage,
  });
  const removed = host.state === 'Removed';
  const waits = removed ? 'it can start elsewhere' : 'it can start when the host is back';
  const outcome = goesOn ? 'it is started on another host' : waits;
  const reason = `host ${host.name} is ${removed ? 'removed' : 'down'}; ${outcome}`;
  if (goesOn) {
    await tx
      .updateTable('instances')
      .set(eb => ({
        state: 'Starting',
        generation: eb('generation', '+', 1),
        last_updated: new Date(),
      }))
      .where('id', '=', id)
      .execute();
  } else {
    await tx
      .updateTable('instances')
      .set({
        state: 'Stopped',
        desired_state: 'Stopped',
        ...(removed ? { host_id: null } : {}),
        applied_generation: instance.generation,
        failure: reason,
        last_updated: new Date(),
      })
      .where('id', '=', id)
      .execute();
    const error = new IsolaError('resource_unavailable', { reason });
    await ctx.jobs.fail(tx, id, { generation: instance.generation, error });
  }
  await raiseAlert(tx, {
    name: 'ALERT.USERVM',
    description: `Instance ${instance.name} (${instance.internal_name}) was lost: ${reason}`,
    subjectId: id,
    zoneId: instance.zone_id,
  });
}

/** Guests that stayed with a host that was down, and do not run there now it is back, may start again, wherever their disk is. */
export async function releaseStayed({ db }: Convergence, hostId: string): Promise<void> {
  const released = await db
    .updateTable('instances')
    .set({ host_id: null, failure: null })
    .where('host_id', '=', hostId)
    .where('state', '=', 'Stopped')
    .where('desired_state', '=', 'Stopped')
    .returning('id')
    .execute();
  for (const { id } of released) await resolveAlerts(db, 'ALERT.USERVM', id);
}
