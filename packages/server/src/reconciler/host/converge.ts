import type { Convergence } from '../convergence.ts';
import { prepareMaintenance } from './maintenance.ts';

/** Brings a host that is prepared for maintenance nearer to it; looked at again and again until it is there. */
export async function convergeHost(ctx: Convergence, id: string): Promise<void> {
  const host = await ctx.db
    .selectFrom('hosts')
    .selectAll()
    .where('id', '=', id)
    .where('resource_state', '=', 'PrepareForMaintenance')
    .executeTakeFirst();
  if (host === undefined) ctx.askedToLeave.delete(id);
  else await prepareMaintenance(ctx, host);
}
