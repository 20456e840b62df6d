import type { AgentEvent } from '@isola/agent-protocol';
import type { RouterRow } from '../store/schema.ts';
import type { Convergence } from './convergence.ts';
import { routerAnswered, routerSilent } from './network/reachability.ts';
import { recordTrouble } from './network/router-trouble.ts';
import { noteStopped } from './stopped.ts';

/**
 * Takes what happens on the host by itself into the rows. What cannot be written now is found again by the next comparison.
 * Nothing is taken once `ends()`: guests that go down together with the server are lost, not stopped by their owners.
 */
export function listenToAgent(ctx: Convergence, ends: () => boolean): void {
  ctx.fleet.onEvent((hostId, event) => {
    if (ends()) return;
    handle(ctx, hostId, event).catch((error: unknown) =>
      ctx.log.error({ err: error, hostId, event: event.kind }, 'host event could not be recorded'),
    );
  });
}

async function handle(ctx: Convergence, hostId: string, event: AgentEvent): Promise<void> {
  switch (event.kind) {
    case 'router-drift':
      return drifted(ctx, hostId, event);
    case 'router-link': {
      const router = await routerOf(ctx, hostId, event.routerId);
      if (router === undefined) return;
      if (!event.reachable) return routerSilent(ctx.db, router, event.reason);
      if (!router.reachable) await routerAnswered(ctx.db, router.id);
      ctx.wake('network', router.network_id);
      return;
    }
    case 'instance-stopped':
      return noteStopped(ctx, event.id, hostId);
    case 'load':
      // The fleet's own: it keeps it on the host's row.
      return;
  }
}

async function drifted(
  ctx: Convergence,
  hostId: string,
  { routerId, drift }: Extract<AgentEvent, { kind: 'router-drift' }>,
): Promise<void> {
  const router = await routerOf(ctx, hostId, routerId);
  if (router === undefined) return;
  ctx.log.warn({ router: router.name, drift }, 'router drift');
  const description = `Router ${router.name} differed from its configuration (${drift.subject}): ${drift.detail}; ${
    drift.repaired ? 'repaired' : 'not repaired'
  }`;
  await recordTrouble(ctx, router, description);
  if (!drift.repaired) ctx.wake('network', router.network_id);
}

/** `undefined` for one that lives elsewhere now. */
async function routerOf(
  { db }: Convergence,
  hostId: string,
  id: string,
): Promise<RouterRow | undefined> {
  return db
    .selectFrom('routers')
    .selectAll()
    .where('id', '=', id)
    .where('host_id', '=', hostId)
    .executeTakeFirst();
}
