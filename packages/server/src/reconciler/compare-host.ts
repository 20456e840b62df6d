import type { Inventory } from '@isola/agent-protocol';
import type { Convergence } from './convergence.ts';
import { routerAnswered, routerSilent } from './network/reachability.ts';
import { noteStopped } from './stopped.ts';

/**
 * Compares what is on the host with the rows. The host is read first: what it has and no row owned afterwards belongs to nobody,
 * because a row is written before, and deleted after, the thing it stands for.
 */
export async function compareHost(ctx: Convergence): Promise<void> {
  const inventory = await ctx.agent.inventory();
  await compareRouters(ctx, inventory);
  await compareGuests(ctx, inventory);
  await removeStraySegments(ctx, inventory);
  await freeStrayTags(ctx);
}

async function compareRouters(ctx: Convergence, inventory: Inventory): Promise<void> {
  const rows = await ctx.db.selectFrom('routers').selectAll().execute();
  const owned = new Map(rows.map(row => [row.id, row]));
  const running = new Set<string>();
  for (const { id, running: runs, reachable } of inventory.routers) {
    const row = owned.get(id);
    if (row === undefined) {
      ctx.log.warn({ router: id }, 'removing a router that no network owns');
      await tolerating(ctx, () => ctx.agent.destroyRouter(id));
      continue;
    }
    if (!runs) continue;
    running.add(id);
    if (row.state !== 'Running' || row.reachable === reachable) continue;
    if (reachable) await routerAnswered(ctx.db, id);
    else await routerSilent(ctx.db, row, 'no connection to its control address');
    ctx.wake('network', row.network_id);
  }
  for (const row of rows)
    if (row.state === 'Running' && !running.has(row.id)) await noteStopped(ctx, row.id);
}

async function compareGuests(ctx: Convergence, inventory: Inventory): Promise<void> {
  const rows = await ctx.db
    .selectFrom('instances')
    .select(['id', 'state', 'host_id', 'desired_state'])
    .execute();
  const owned = new Set(rows.map(row => row.id));
  for (const { id } of inventory.guests) {
    if (owned.has(id)) continue;
    ctx.log.warn({ guest: id }, 'removing a guest that no instance owns');
    await tolerating(ctx, () => ctx.agent.destroyGuest(id));
  }
  const running = new Set(inventory.guests.filter(one => one.running).map(one => one.id));
  for (const row of rows)
    if (row.state === 'Running' && !running.has(row.id)) await noteStopped(ctx, row.id);
}

async function removeStraySegments(ctx: Convergence, inventory: Inventory): Promise<void> {
  const rows = await ctx.db
    .selectFrom('networks')
    .select('vlan')
    .where('vlan', 'is not', null)
    .execute();
  const owned = new Set(rows.map(row => row.vlan));
  for (const vlan of inventory.segments) {
    if (owned.has(vlan)) continue;
    ctx.log.warn({ vlan }, 'removing a segment that no network owns');
    await tolerating(ctx, () => ctx.agent.removeSegment(vlan));
  }
}

/** Dynamically chosen tags of networks that are not implemented. */
async function freeStrayTags(ctx: Convergence): Promise<void> {
  await ctx.db
    .deleteFrom('vlan_tags')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('networks')
          .select('networks.id')
          .whereRef('networks.id', '=', 'vlan_tags.network_id')
          .where('networks.state', '=', 'Allocated')
          .where('networks.requested_vlan', 'is', null)
          .where('networks.vlan', 'is', null),
      ),
    )
    .execute();
}

/** What fails now is a stray at the next comparison, too. */
async function tolerating(ctx: Convergence, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ctx.log.warn({ err: error }, 'a stray could not be removed');
  }
}
