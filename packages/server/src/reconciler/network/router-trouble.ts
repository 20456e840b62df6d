import { raiseAlert } from '../../events/alert.ts';
import { recordEvent } from '../../events/record.ts';
import type { RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';

/** Tells the operators what is wrong with a router: an event of CloudStack's health checks, and an alert. */
export async function recordTrouble(
  ctx: Convergence,
  router: Pick<RouterRow, 'id' | 'network_id'>,
  description: string,
): Promise<void> {
  const owner = await ctx.db
    .selectFrom('networks')
    .innerJoin('users as admin', join => join.onTrue())
    .innerJoin('accounts', 'accounts.id', 'admin.account_id')
    .where('accounts.role', '=', 'Root Admin')
    .where('networks.id', '=', router.network_id)
    .select([
      'networks.account_id',
      'networks.domain_id',
      'networks.zone_id',
      'admin.id as user_id',
    ])
    .orderBy('admin.seq')
    .limit(1)
    .executeTakeFirst();
  if (owner === undefined) return;
  await ctx.db.transaction().execute(async tx => {
    await recordEvent(tx, {
      type: 'ROUTER.HEALTH.CHECKS',
      level: 'WARN',
      state: 'Completed',
      description,
      accountId: owner.account_id,
      domainId: owner.domain_id,
      userId: owner.user_id,
      resource: { type: 'DomainRouter', id: router.id },
    });
    await raiseAlert(tx, {
      name: 'ALERT.SERVICE.DOMAINROUTER',
      description,
      subjectId: router.id,
      zoneId: owner.zone_id,
    });
  });
}
