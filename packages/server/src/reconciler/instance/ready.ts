import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { ensureTemplate } from '../template/ensure.ts';

/** Segments and template, before a guest comes to a host that its row names. */
export async function readyHost(
  ctx: Convergence,
  instance: InstanceRow,
  hostId: string,
): Promise<void> {
  const networks = await ctx.db
    .selectFrom('networks')
    .selectAll('networks')
    .where('id', 'in', query =>
      query
        .selectFrom('nics')
        .select('network_id')
        .where('instance_id', '=', instance.id)
        .where('state', '<>', 'Revoke')
        .where(sql<boolean>`plug is distinct from 'Out'`),
    )
    .orderBy('seq')
    .execute();
  for (const network of networks) await ctx.segments.bring(network, hostId);
  ctx.fault('instance.ready.segments');
  await ensureTemplate(ctx, instance.template_id, hostId);
}

/** Whether all networks that an instance is to be in are implemented; the others are woken, and wake the instance when they are. */
export async function networksAreUp(ctx: Convergence, instanceId: string): Promise<boolean> {
  const rows = await ctx.db
    .selectFrom('nics')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .select('networks.id')
    .where('nics.instance_id', '=', instanceId)
    .where('nics.state', '<>', 'Revoke')
    .where(sql<boolean>`nics.plug is distinct from 'Out'`)
    .where('networks.state', '<>', 'Implemented')
    .execute();
  for (const { id } of rows) ctx.wake('network', id);
  return rows.length === 0;
}

/** Networks in which an instance has a NIC, also one that is on its way out. */
export async function networksOf(db: Db, instanceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('nics')
    .select('network_id')
    .distinct()
    .where('instance_id', '=', instanceId)
    .execute();
  return rows.map(row => row.network_id);
}

/** The rows of an instance do not name a host any more: segments that nothing else there needs go. */
export async function leaveHost(
  ctx: Convergence,
  instanceId: string,
  hostId: string | null,
): Promise<void> {
  if (hostId !== null) await ctx.segments.leave(hostId, await networksOf(ctx.db, instanceId));
}
