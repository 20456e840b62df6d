import { sql } from 'kysely';
import { releaseVlan } from '../../features/network/vlan.ts';
import { freeAddresses } from '../../features/public-address/free.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { onLivingHost } from '../host/living.ts';
import { instancesOf, lockNetwork, type NetworkFacts } from './facts.ts';
import { noteLastTraffic } from './last-traffic.ts';
import { recordApplied } from './record.ts';
import { readSegment } from './segment.ts';

/**
 * Implemented (or half implemented) -> Shutdown -> Allocated: routers, segment and tag go; public addresses and rules stay
 * for the next time.
 */
export async function shutdownNetwork(ctx: Convergence, facts: NetworkFacts): Promise<void> {
  ctx.fault('network.shutdown.begin');
  const network = await ctx.db.transaction().execute(tx => enterShutdown(tx, facts.network.id));
  ctx.fault('network.shutdown.entered');
  if (network === null) return;
  for (const router of facts.routers) {
    await noteLastTraffic(ctx, router);
    await onLivingHost(ctx, router.host_id, agent => agent.destroyRouter(router.id));
    ctx.compiled.forget(router.id);
    ctx.mute.delete(router.id);
    ctx.fault('network.shutdown.router');
  }
  if (network.vlan !== null) {
    const hosts = facts.routers.map(router => router.host_id);
    await ctx.segments.remove(network, hosts, await readSegment(ctx.db, network));
  }
  ctx.fault('network.shutdown.segment');
  const waiting = await instancesOf(ctx.db, network.id);
  await ctx.db.transaction().execute(tx => leaveShutdown(ctx, tx, network));
  ctx.fault('network.shutdown.recorded');
  for (const id of waiting) ctx.wake('instance', id);
}

/** `null` when the network is wanted again before anything was taken down. */
async function enterShutdown(tx: Db, networkId: string): Promise<NetworkRow | null> {
  const network = await lockNetwork(tx, networkId);
  if (network === undefined) return null;
  if (network.state !== 'Shutdown' && network.desired_state === 'Implemented') return null;
  return tx
    .updateTable('networks')
    .set({ state: 'Shutdown' })
    .where('id', '=', networkId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function leaveShutdown(ctx: Convergence, tx: Db, network: NetworkRow): Promise<void> {
  await tx.deleteFrom('routers').where('network_id', '=', network.id).execute();
  await releaseVlan(tx, network);
  // A source NAT address that no router ever had was taken by an implementation that failed.
  await freeAddresses(
    tx,
    sql<boolean>`network_id = ${network.id} and is_source_nat and state = 'Allocating'`,
  );
  await recordApplied(ctx, tx, {
    network,
    generation: network.generation,
    patch: { state: 'Allocated', vlan: null, idle_since: null },
  });
}
