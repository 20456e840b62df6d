import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import type { Db } from '../../store/database.ts';
import type { RouterRow } from '../../store/schema.ts';

/** Notes that a running router does not answer on its control link, with an alert. It keeps forwarding; changes wait. */
export async function routerSilent(
  db: Db,
  router: Pick<RouterRow, 'id' | 'name'>,
  reason: string,
): Promise<void> {
  await db.transaction().execute(async tx => {
    const marked = await tx
      .updateTable('routers')
      .set({ reachable: false, unreachable_reason: reason })
      .where('id', '=', router.id)
      .where('state', '=', 'Running')
      .where('reachable', '=', true)
      .returning('id')
      .executeTakeFirst();
    if (marked === undefined) return;
    await raiseAlert(tx, {
      name: 'ALERT.SERVICE.DOMAINROUTER',
      description: `Router ${router.name} cannot be reached over its control link`,
      subjectId: router.id,
    });
  });
}

/** The link is back: the mark and the router's open alerts go. */
export async function routerAnswered(db: Db, routerId: string): Promise<void> {
  await db
    .updateTable('routers')
    .set({ reachable: true, unreachable_reason: '' })
    .where('id', '=', routerId)
    .execute();
  await resolveAlerts(db, 'ALERT.SERVICE.DOMAINROUTER', routerId);
}
