import type { Inventory } from '@isola/agent-protocol';
import { sql } from 'kysely';
import type { Convergence } from './convergence.ts';
import { routerAnswered } from './network/reachability.ts';

/**
 * Compares what is on the host with the rows. What the host has and no row owns afterwards belongs to nobody, because a row is
 * written before, and deleted after, the thing it stands for. `missing` gets what was running before, and the host does not run.
 */
export async function compareHost(
  ctx: Convergence,
  missing: (ctx: Convergence, id: string) => Promise<void>,
): Promise<void> {
  const expected = await runningRows(ctx);
  const inventory = await ctx.agent.inventory();
  await compareRouters(ctx, inventory);
  await removeStrayGuests(ctx, inventory);
  await removeStraySegments(ctx, inventory);
  await freeStrayTags(ctx);
  const found = [...inventory.routers, ...inventory.guests].filter(one => one.running);
  const running = new Set(found.map(one => one.id));
  for (const id of expected) if (!running.has(id)) await missing(ctx, id);
}

async function runningRows({ db }: Convergence): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from routers where state = 'Running'
    union all select id from instances where state = 'Running'`.execute(db);
  return rows.map(row => row.id);
}

async function compareRouters(ctx: Convergence, inventory: Inventory): Promise<void> {
  const rows = await ctx.db.selectFrom('routers').selectAll().execute();
  const owned = new Map(rows.map(row => [row.id, row]));
  for (const { id, running, reachable } of inventory.routers) {
    const row = owned.get(id);
    if (row === undefined) {
      ctx.log.warn({ router: id }, 'removing a router that no network owns');
      await tolerating(ctx, () => ctx.agent.destroyRouter(id));
      continue;
    }
    // That a link is down is told by the host when it gave up on it: just after a start none is up yet.
    if (!running || !reachable || row.reachable) continue;
    await routerAnswered(ctx.db, id);
    ctx.wake('network', row.network_id);
  }
}

async function removeStrayGuests(ctx: Convergence, inventory: Inventory): Promise<void> {
  const rows = await ctx.db.selectFrom('instances').select('id').execute();
  const owned = new Set(rows.map(row => row.id));
  for (const { id } of inventory.guests) {
    if (owned.has(id)) continue;
    ctx.log.warn({ guest: id }, 'removing a guest that no instance owns');
    await tolerating(ctx, () => ctx.agent.destroyGuest(id));
  }
}

async function removeStraySegments(ctx: Convergence, inventory: Inventory): Promise<void> {
  const rows = await ctx.db
    .selectFrom('networks')
    .innerJoin('physical_networks', 'physical_networks.id', 'networks.physical_network_id')
    .select(['networks.vlan', 'physical_networks.isolation_method'])
    .where('vlan', 'is not', null)
    .execute();
  const owned = new Set(rows.map(row => `${row.isolation_method} ${row.vlan}`));
  for (const segment of inventory.segments) {
    if (owned.has(`${segment.isolation} ${segment.id}`)) continue;
    ctx.log.warn({ segment }, 'removing a segment that no network owns');
    await tolerating(ctx, () => ctx.agent.removeSegment(segment));
  }
}

/** Dynamically chosen tags of networks that are not implemented. */
async function freeStrayTags({ db }: Convergence): Promise<void> {
  await sql`delete from vlan_tags using networks where networks.id = vlan_tags.network_id
    and networks.state = 'Allocated' and networks.requested_vlan is null and networks.vlan is null`.execute(
    db,
  );
}

/** What fails now is a stray at the next comparison, too. */
async function tolerating(ctx: Convergence, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ctx.log.warn({ err: error }, 'a stray could not be removed');
  }
}
