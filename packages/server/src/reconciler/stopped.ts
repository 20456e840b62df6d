import { sql } from 'kysely';
import type { Convergence } from './convergence.ts';

/**
 * A router or guest stopped without being told to; nothing happens for one that is being rebooted or replaced. A router that should run, and an instance whose offering is highly available,
 * are started again; any other instance is `Stopped`, as a guest that shut itself down.
 */
export async function noteStopped(ctx: Convergence, id: string): Promise<void> {
  const router = await ctx.db
    .updateTable('routers')
    .set({ state: 'Stopped' })
    .where('id', '=', id)
    .where('state', '=', 'Running')
    .where('desired_state', '=', 'Running')
    .where(sql<boolean>`reboot_generation = rebooted_generation and not exists (select 1 from networks n
      where n.id = routers.network_id and n.replace_generation > n.applied_generation)`)
    .returning(['network_id', 'name'])
    .executeTakeFirst();
  if (router !== undefined) {
    ctx.log.warn({ router: router.name }, 'router stopped by itself');
    ctx.compiled.forget(id);
    ctx.wake('network', router.network_id);
    return;
  }
  const instance = await ctx.db
    .updateTable('instances')
    .set(eb => ({
      state: sql`case when ${highlyAvailable} then 'Starting' else 'Stopped' end`,
      desired_state: sql`case when ${highlyAvailable} then 'Running' else 'Stopped' end`,
      host_id: sql`case when ${highlyAvailable} then host_id end`,
      generation: eb('generation', '+', 1),
      last_updated: new Date(),
    }))
    .where('id', '=', id)
    .where('state', '=', 'Running')
    .where('desired_state', '=', 'Running')
    .where(sql<boolean>`reboot_generation <= applied_generation`)
    .returning('internal_name')
    .executeTakeFirst();
  if (instance === undefined) return;
  ctx.log.warn({ instance: instance.internal_name }, 'instance stopped by itself');
  ctx.wake('instance', id);
}

const highlyAvailable = sql<boolean>`(select offer_ha from service_offerings o where o.id = instances.service_offering_id)`;
