import { resolveAlerts } from '../../events/alert.ts';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { isDeadNow, onLivingHost, takeFromReturning } from '../host/living.ts';
import { readGuestSpec } from './guest-spec.ts';
import { placeInstance } from './place.ts';
import { networksAreUp, readyHost } from './ready.ts';
import { recordInstance } from './record.ts';

/**
 * Starts a guest once its networks are implemented; `false` while they are not: they are woken, and wake the instance when they
 * are. That the router knows the guest's lease and name is not waited for: its network applies that beside.
 */
export async function startInstance(ctx: Convergence, instance: InstanceRow): Promise<boolean> {
  ctx.fault('instance.start.begin');
  if (!(await networksAreUp(ctx, instance.id))) return false;
  const hostId = await ctx.db.transaction().execute(tx => reserveHost(tx, instance));
  ctx.fault('instance.start.reserved');
  await readyHost(ctx, instance, hostId);
  await forgetElsewhere(ctx, instance, hostId);
  ctx.fault('instance.start.ready');
  await ctx.fleet.of(hostId).startGuest(await readGuestSpec(ctx.db, instance, hostId));
  ctx.fault('instance.start.started');
  await recordInstance(ctx, {
    instance,
    patch: {
      state: 'Running',
      host_id: hostId,
      last_host_id: hostId,
      failure: null,
      requested_host_id: null,
      requested_cluster_id: null,
      requested_pod_id: null,
    },
    also: tx => resolveAlerts(tx, 'ALERT.USERVM', instance.id),
  });
  ctx.fault('instance.start.recorded');
  return true;
}

/** Stops and starts a guest that runs, on its host. */
export async function rebootInstance(ctx: Convergence, instance: InstanceRow): Promise<void> {
  const { id, host_id: hostId, forced } = instance;
  if (hostId !== null) await ctx.fleet.of(hostId).stopGuest(id, forced);
  ctx.fault('instance.reboot.stopped');
  await startInstance(ctx, instance);
}

/**
 * One that has a host keeps it: there something of it may run. Chosen or kept, the host's memory is reserved by its name on the row.
 */
async function reserveHost(tx: Db, instance: InstanceRow): Promise<string> {
  if (instance.state === 'Running' && instance.host_id !== null) return instance.host_id;
  const wanted = (await maySeekHost(tx, instance))
    ? {
        hostId: instance.requested_host_id,
        clusterId: instance.requested_cluster_id,
        podId: instance.requested_pod_id,
      }
    : { hostId: instance.host_id };
  const place = await placeInstance(tx, instance, wanted);
  await tx
    .updateTable('instances')
    .set({ host_id: place.id })
    .where('id', '=', instance.id)
    .execute();
  return place.id;
}

/** Whether it has no host, or a dead one that it may leave. */
async function maySeekHost(tx: Db, instance: InstanceRow): Promise<boolean> {
  const { host_id: hostId } = instance;
  if (hostId === null) return true;
  if (!(await isDeadNow(tx, hostId))) return false;
  const { shared_storage: sharedStorage } = await tx
    .selectFrom('hosts')
    .select('shared_storage')
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  return startsElsewhere(instance, { highlyAvailable: instance.ha_enabled, sharedStorage });
}

/**
 * Nothing of it may run where it ran before, or on a host that has just returned. Waits for a host that is away, and not known to
 * be dead.
 */
async function forgetElsewhere(
  ctx: Convergence,
  { id, last_host_id: before }: InstanceRow,
  hostId: string,
): Promise<void> {
  if (before !== null && before !== hostId)
    await onLivingHost(ctx, before, agent => agent.forgetGuest(id));
  await takeFromReturning(ctx, hostId, agent => agent.forgetGuest(id));
}

/** Whether it may start elsewhere when its host is dead: it has no disk yet, or one that others reach, and its host stops it. */
export function startsElsewhere(
  { last_host_id: before }: Pick<InstanceRow, 'last_host_id'>,
  { highlyAvailable, sharedStorage }: { highlyAvailable: boolean; sharedStorage: string | null },
): boolean {
  return before === null || (highlyAvailable && sharedStorage !== null);
}
