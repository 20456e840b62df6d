import { resolveAlerts } from '../../events/alert.ts';
import { allocateVlan } from '../../features/network/vlan.ts';
import { ensureSourceNat } from '../../features/public-address/source-nat.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { remembered } from './apply.ts';
import { bootRouter } from './boot.ts';
import { confirmed } from './confirm.ts';
import { instancesOf, lockNetwork } from './facts.ts';
import { recordApplied } from './record.ts';
import { leaveUnusableHost, placeRouter } from './router-host.ts';
import { insertRouter } from './router-row.ts';

/**
 * Allocated -> Implementing -> Implemented: everything the network needs is reserved in one transaction, then made on the
 * host, then recorded. Throws `insufficient_*`, with nothing reserved, when a pool is dry.
 */
export async function implementNetwork(ctx: Convergence, networkId: string): Promise<void> {
  ctx.fault('network.implement.begin');
  const reserved = await ctx.db.transaction().execute(tx => reserve(tx, networkId));
  ctx.fault('network.implement.reserved');
  if (reserved === null) return;
  const { network, router } = reserved;
  if (router === null) return finish(ctx, network);
  const config = await bootRouter(ctx, network, router);
  ctx.fault('network.implement.started');
  const report = await ctx.fleet.of(router.host_id).applyConfig(router.id, config);
  const expected = remembered(ctx, router, config);
  const { fingerprint, generation } = await confirmed(ctx, router, { expected, report });
  ctx.fault('network.implement.applied');
  await finish(ctx, network, { router, fingerprint, generation });
}

interface Confirmed {
  readonly router: RouterRow;
  readonly fingerprint: string;
  readonly generation: number;
}

/** The network is there; without a router it is a segment, which hosts make when instances come. */
async function finish(ctx: Convergence, network: NetworkRow, confirmed?: Confirmed): Promise<void> {
  await ctx.db.transaction().execute(async tx => {
    if (confirmed !== undefined) {
      const { router, fingerprint } = confirmed;
      await tx
        .updateTable('routers')
        .set({ state: 'Running', fingerprint, rebooted_generation: router.reboot_generation })
        .where('id', '=', router.id)
        .execute();
      await resolveAlerts(tx, 'ALERT.SERVICE.DOMAINROUTER', router.id);
    }
    const generation = confirmed?.generation ?? network.generation;
    const patch = { state: 'Implemented', failure: null } as const;
    await recordApplied(ctx, tx, { network, generation, whole: true, patch });
    await resolveAlerts(tx, 'ALERT.NETWORK.VLAN', network.id);
    await resolveAlerts(tx, 'ALERT.NETWORK.PUBLICIP', network.id);
    await resolveAlerts(tx, 'ALERT.SERVICE.DOMAINROUTER', network.id);
  });
  ctx.fault('network.implement.recorded');
  for (const id of await instancesOf(ctx.db, network.id)) ctx.wake('instance', id);
}

interface Reserved {
  readonly network: NetworkRow;
  /** `null` for an L2 network. */
  readonly router: RouterRow | null;
}

/** Tag, source NAT address and router row. Repeated, it finds what it reserved. `null` when the network is no longer wanted. */
async function reserve(tx: Db, networkId: string): Promise<Reserved | null> {
  const found = await lockNetwork(tx, networkId);
  if (found === undefined || found.desired_state !== 'Implemented') return null;
  if (found.state !== 'Allocated' && found.state !== 'Implementing') return null;
  const { services } = await tx
    .selectFrom('network_offerings')
    .select('services')
    .where('id', '=', found.offering_id)
    .executeTakeFirstOrThrow();
  const vlan = await allocateVlan(tx, found);
  const network = await tx
    .updateTable('networks')
    .set({ state: 'Implementing', vlan, idle_since: null })
    .where('id', '=', networkId)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (network.guest_type === 'L2') return { network, router: null };
  const hasPublicSide = services.SourceNat !== undefined;
  if (hasPublicSide) await takeSourceNat(tx, network);
  const first = await firstRouter(tx, networkId);
  const router =
    first === undefined
      ? await insertRouter(tx, {
          network,
          ...(await placeRouter(tx, network)),
          hasPublicSide,
          replaces: null,
        })
      : await leaveUnusableHost(tx, network, first);
  return { network, router };
}

/** An address taken now stays `Allocating` until a router has it, so that a failed implementation knows what to give back. */
async function takeSourceNat(tx: Db, network: NetworkRow): Promise<void> {
  const held = await tx
    .selectFrom('public_addresses')
    .select('id')
    .where('network_id', '=', network.id)
    .where('is_source_nat', '=', true)
    .executeTakeFirst();
  if (held !== undefined) return;
  const { id } = await ensureSourceNat(tx, network);
  await tx
    .updateTable('public_addresses')
    .set({ state: 'Allocating' })
    .where('id', '=', id)
    .execute();
}

function firstRouter(tx: Db, networkId: string): Promise<RouterRow | undefined> {
  return tx
    .selectFrom('routers')
    .selectAll()
    .where('network_id', '=', networkId)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
}
