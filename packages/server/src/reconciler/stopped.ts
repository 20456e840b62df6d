import { sql } from 'kysely';
import type { Convergence } from './convergence.ts';
import { leaveHost } from './instance/ready.ts';

/**
 * A router or guest stopped without being told to; nothing happens for one that is being rebooted or replaced. A router that should run, and an instance that is highly available,
 * are started again; any other instance is `Stopped`, as a guest that shut itself down.
 */
export async function noteStopped(ctx: Convergence, id: string, hostId: string): Promise<void> {
  if (await routerStopped(ctx, id, hostId)) return;
  const instance = await instanceStopped(ctx, { id, hostId, again: highlyAvailable });
  if (instance === undefined) return;
  ctx.log.warn({ instance }, 'instance stopped by itself');
  ctx.wake('instance', id);
}

/**
 * The host lost a router or guest while no server watched it: the machine was restarted, or everything on it stopped. What
 * should run is started again.
 */
export async function noteLost(ctx: Convergence, id: string, hostId: string): Promise<void> {
  if (await routerStopped(ctx, id, hostId)) return;
  const instance = await instanceStopped(ctx, { id, hostId, again: sql<boolean>`true` });
  if (instance === undefined) return;
  ctx.log.warn({ instance }, 'the host lost an instance, which is started again');
  ctx.wake('instance', id);
}

/** Whether `id` is a router that should run. Its network, which is woken, starts it again. */
async function routerStopped(ctx: Convergence, id: string, hostId: string): Promise<boolean> {
  const router = await ctx.db
    .updateTable('routers')
    .set({ state: 'Stopped' })
    .where('id', '=', id)
    .where('host_id', '=', hostId)
    .where('state', '=', 'Running')
    .where('desired_state', '=', 'Running')
    .where(sql<boolean>`reboot_generation = rebooted_generation and not exists (select 1 from networks n
      where n.id = routers.network_id and n.replace_generation > n.applied_generation)`)
    .returning(['network_id', 'name'])
    .executeTakeFirst();
  if (router === undefined) return false;
  ctx.log.warn({ router: router.name }, 'router stopped by itself');
  ctx.compiled.forget(id);
  ctx.wake('network', router.network_id);
  return true;
}

interface Stopped {
  readonly id: string;
  readonly hostId: string;
  /** Whether it is to start again. */
  readonly again: typeof highlyAvailable;
}

/** Writes that an instance that should run does not. Gives its name on the host if there is such a one. */
async function instanceStopped(
  ctx: Convergence,
  { id, hostId, again }: Stopped,
): Promise<string | undefined> {
  const instance = await ctx.db
    .updateTable('instances')
    .set(eb => ({
      state: sql`case when ${again} then 'Starting' else 'Stopped' end`,
      desired_state: sql`case when ${again} then 'Running' else 'Stopped' end`,
      host_id: sql`case when ${again} then host_id end`,
      generation: eb('generation', '+', 1),
      last_updated: new Date(),
    }))
    .where('id', '=', id)
    .where('host_id', '=', hostId)
    // One that is being moved stops here and goes on there.
    .where('migration_target', 'is', null)
    .where('state', '=', 'Running')
    .where('desired_state', '=', 'Running')
    .where(sql<boolean>`reboot_generation <= applied_generation`)
    .returning(['internal_name', 'host_id'])
    .executeTakeFirst();
  if (instance?.host_id === null) await leaveHost(ctx, id, hostId);
  return instance?.internal_name;
}

const highlyAvailable = sql<boolean>`ha_enabled`;
