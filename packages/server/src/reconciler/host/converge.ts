import { sql } from 'kysely';
import { hostGeneration } from '../../features/host/waits.ts';
import type { Convergence } from '../convergence.ts';

/** A host that is prepared for maintenance is in it once nothing runs there: its jobs are done. */
export async function convergeHost(ctx: Convergence, id: string): Promise<void> {
  await ctx.db.transaction().execute(async tx => {
    const emptied = await tx
      .updateTable('hosts')
      .set({ resource_state: 'Maintenance' })
      .where('id', '=', id)
      .where('resource_state', '=', 'PrepareForMaintenance')
      .where(sql<boolean>`not exists (select 1 from instances where host_id = ${id})`)
      .where(
        sql<boolean>`not exists (select 1 from routers where host_id = ${id} and state <> 'Stopped')`,
      )
      .returning('id')
      .executeTakeFirst();
    if (emptied !== undefined) await ctx.jobs.complete(tx, id, hostGeneration);
  });
  ctx.fault('host.maintenance.recorded');
}
