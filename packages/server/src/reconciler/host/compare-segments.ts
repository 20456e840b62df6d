import type { Inventory, SegmentRef } from '@isola/agent-protocol';
import { sql } from 'kysely';
import type { Convergence } from '../convergence.ts';
import { segmentsOn, spreadOf } from '../segments/carriers.ts';
import { keyOf } from '../segments/told.ts';

/** Makes the segments that a host lacks and tells it who else carries them; removes those that nothing on it needs. */
export async function compareSegments(
  ctx: Convergence,
  hostId: string,
  inventory: Inventory,
): Promise<void> {
  const had = new Set(inventory.segments.map(keyOf));
  const needed = new Set<string>();
  const host = await ctx.db
    .selectFrom('hosts')
    .select(sql<boolean>`guest_mtu is not null`.as('carriesTags'))
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  for (const { networkId, segment, carriers } of await segmentsOn(ctx.db, hostId)) {
    const key = keyOf(segment);
    needed.add(key);
    if (!had.has(key)) ctx.segments.lost(hostId, segment);
    // A tag that stays on the host is its bridge, and has nothing else that the host could have wrong.
    else if (segment.isolation === 'VLAN' && segment.label === null && !host.carriesTags)
      ctx.segments.found(hostId, networkId, segment);
    if (ctx.segments.isSettled(networkId, spreadOf(segment, carriers))) continue;
    try {
      await ctx.segments.settle(networkId);
    } catch (error) {
      ctx.log.warn({ err: error, network: networkId, hostId }, 'a segment is not as it should be');
      ctx.wake('segment', networkId);
    }
  }
  ctx.fault('host.compare.segments');
  for (const segment of inventory.segments) {
    if (needed.has(keyOf(segment))) continue;
    await removeStray(ctx, hostId, segment);
  }
}

/** A network may have come to the host since: then it is its own. */
async function removeStray(ctx: Convergence, hostId: string, segment: SegmentRef): Promise<void> {
  const owner = await ctx.db
    .selectFrom('networks')
    .innerJoin('physical_networks', 'physical_networks.id', 'networks.physical_network_id')
    .select('networks.id')
    .where('networks.vlan', '=', segment.id)
    .where('physical_networks.isolation_method', '=', segment.isolation)
    .executeTakeFirst();
  ctx.log.warn({ segment, hostId }, 'removing a segment that nothing on the host needs');
  try {
    await ctx.segments.expel(hostId, segment, owner?.id ?? null);
  } catch (error) {
    ctx.log.warn({ err: error, segment, hostId }, 'a segment could not be removed');
  }
}
