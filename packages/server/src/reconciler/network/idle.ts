import { sql } from 'kysely';
import { setting } from '../../features/setting/value.ts';
import type { Convergence } from '../convergence.ts';

/**
 * Asks networks to shut down that have had no running instance for `network.gc.wait`: decided from the rows of NICs, never from
 * a counter. A command that needs the network clears `idle_since` on its row, so the two cannot pass each other.
 */
export async function collectIdleNetworks(ctx: Convergence): Promise<void> {
  const wait = await setting(ctx.db, 'network.gc.wait');
  await sql`update networks set idle_since = null where idle_since is not null and ${inUse}`.execute(
    ctx.db,
  );
  await sql`update networks set idle_since = now()
    where idle_since is null and ${collectable} and not ${inUse}`.execute(ctx.db);
  ctx.fault('network.idle.marked');
  const { rows } = await sql<{ id: string; name: string }>`
    update networks set desired_state = 'Allocated', generation = generation + 1
    where idle_since <= now() - make_interval(secs => ${wait}) and ${collectable} and not ${inUse}
    returning id, name`.execute(ctx.db);
  ctx.fault('network.idle.asked');
  for (const { id, name } of rows) {
    ctx.log.info({ network: name }, 'shutting down an idle network');
    ctx.wake('network', id);
  }
}

const collectable = sql<boolean>`state = 'Implemented' and desired_state = 'Implemented'
  and not (select is_persistent from network_offerings o where o.id = networks.offering_id)`;

/** An instance that runs, or is on its way to or from running, has a NIC in the network. */
const inUse = sql<boolean>`exists (select 1 from nics join instances i on i.id = nics.instance_id
  where nics.network_id = networks.id
    and (i.state in ('Starting', 'Running', 'Stopping') or i.desired_state = 'Running'))`;
