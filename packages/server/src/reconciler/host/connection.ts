import { resolveAlerts } from '../../events/alert.ts';
import type { Convergence } from '../convergence.ts';

/** A host that has been compared with the rows, and runs nothing that lives elsewhere, may be used again. */
export async function becomeUp({ db, log }: Convergence, hostId: string): Promise<void> {
  const host = await db
    .updateTable('hosts')
    .set({ state: 'Up', disconnected: null })
    .where('id', '=', hostId)
    .where('state', 'not in', ['Up', 'Removed', 'Creating'])
    .returning('name')
    .executeTakeFirst();
  if (host === undefined) return;
  log.info({ host: host.name }, 'host is up');
  await resolveAlerts(db, 'ALERT.COMPUTE.HOST', hostId);
}

/** Routers of a host that is away are flagged: they forward as they did, and cannot be reached. */
export async function hostWent({ db }: Convergence, hostId: string): Promise<void> {
  const host = await db
    .selectFrom('hosts')
    .select('name')
    .where('id', '=', hostId)
    .executeTakeFirst();
  await db
    .updateTable('routers')
    .set({ reachable: false, unreachable_reason: `host ${host?.name ?? hostId} is not connected` })
    .where('host_id', '=', hostId)
    .where('state', '=', 'Running')
    .execute();
}
