import type { HostAgent } from '@isola/agent-protocol';
import type { Db } from '../../store/database.ts';
import type { Convergence } from '../convergence.ts';

/** Whether a host is known to be dead: what it ran may be started elsewhere, and is taken from it before it is used again. */
export async function isDead(db: Db, hostId: string): Promise<boolean> {
  const host = await db
    .selectFrom('hosts')
    .select('state')
    .where('id', '=', hostId)
    .executeTakeFirst();
  return host === undefined || host.state === 'Down' || host.state === 'Removed';
}

/** As `isDead`; the host's state stays as it is until the transaction ends. */
export async function isDeadNow(tx: Db, hostId: string): Promise<boolean> {
  const host = await tx
    .selectFrom('hosts')
    .select('state')
    .where('id', '=', hostId)
    .forShare()
    .executeTakeFirst();
  return host === undefined || host.state === 'Down' || host.state === 'Removed';
}

/**
 * Has a host stop or remove something. Nothing is asked of a dead one: what it had is removed when it returns. Throws
 * `resource_unavailable` for one that is only away.
 */
export async function onLivingHost(
  { db, fleet }: Convergence,
  hostId: string,
  work: (agent: HostAgent) => Promise<void>,
): Promise<void> {
  if (!(await isDead(db, hostId))) await work(fleet.of(hostId));
}

/** Throws `resource_unavailable` for a host that is away and not known to be dead. */
export async function requireLivingHostAnswers(ctx: Convergence, hostId: string): Promise<void> {
  await onLivingHost(ctx, hostId, async agent => {
    await agent.inventory();
  });
}

/**
 * Before something starts on `hostId`: takes it from hosts that have just returned and were not compared yet, where it may still
 * run. Throws when one of them cannot do that.
 */
export async function takeFromReturning(
  { db, fleet }: Convergence,
  hostId: string,
  take: (agent: HostAgent) => Promise<void>,
): Promise<void> {
  const returning = await db
    .selectFrom('hosts')
    .select('id')
    .where('state', '=', 'Connecting')
    .where('id', '<>', hostId)
    .execute();
  const connected = new Set(fleet.connected());
  for (const { id } of returning) if (connected.has(id)) await take(fleet.of(id));
}
