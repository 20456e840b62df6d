import { resolveAlerts } from '../../events/alert.ts';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { hostOf } from '../network/implement.ts';
import { reserveHost } from './capacity.ts';
import { readGuestSpec } from './guest-spec.ts';
import { recordInstance } from './record.ts';

/**
 * Starts a guest once its networks are implemented; `false` while they are not: they are woken, and wake the instance when they
 * are. That the router knows the guest's lease and name is not waited for: its network applies that beside.
 */
export async function startInstance(ctx: Convergence, instance: InstanceRow): Promise<boolean> {
  ctx.fault('instance.start.begin');
  const missing = await unimplementedNetworks(ctx.db, instance.id);
  for (const id of missing) ctx.wake('network', id);
  if (missing.length > 0) return false;
  const hostId =
    instance.host_id ?? instance.requested_host_id ?? (await hostOf(ctx.db, instance.zone_id));
  await ctx.db.transaction().execute(tx => reserveHost(tx, instance, hostId));
  ctx.fault('instance.start.reserved');
  await ctx.agent.startGuest(await readGuestSpec(ctx.db, instance));
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

/** Stops and starts a guest that runs. */
export async function rebootInstance(ctx: Convergence, instance: InstanceRow): Promise<void> {
  await ctx.agent.stopGuest(instance.id, instance.forced);
  ctx.fault('instance.reboot.stopped');
  await startInstance(ctx, instance);
}

/** Networks of an instance's NICs that are not implemented (yet). */
export async function unimplementedNetworks(db: Db, instanceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('nics')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .select('networks.id')
    .where('nics.instance_id', '=', instanceId)
    .where('networks.state', '<>', 'Implemented')
    .execute();
  return rows.map(row => row.id);
}
