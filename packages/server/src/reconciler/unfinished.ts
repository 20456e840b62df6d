import { sql } from 'kysely';
import type { Converged } from '../http/call.ts';
import type { Db } from '../store/database.ts';

/** Networks, instances and hosts that are not as they were asked to be. */
export async function readUnfinished(db: Db): Promise<{ kind: Converged; id: string }[]> {
  const { rows } = await sql<{ kind: Converged; id: string }>`
    select 'network' as kind, id from networks
      where applied_generation < generation or state in ('Implementing', 'Shutdown', 'Destroy')
        or state <> desired_state and desired_state <> 'Allocated'
        or state = 'Implemented' and desired_state = 'Allocated'
    union select 'network', network_id from routers
      where state <> desired_state or reboot_generation > rebooted_generation or replaces is not null
    union all select 'instance', id from instances
      where applied_generation < generation or state in ('Starting', 'Stopping', 'Expunging')
        or desired_state = 'Expunged' or desired_state = 'Running' and state <> 'Running'
    union all select 'host', id from hosts where resource_state = 'PrepareForMaintenance'`.execute(
    db,
  );
  return rows;
}
