import type { Db } from '../../store/database.ts';
import type { JobRow } from '../../store/schema.ts';
import { selectRouters } from './repository.ts';
import { type RouterEntity, routerResponse } from './response.ts';

/** The answer of a job about a router: the router as it is, or the one that has taken its place. */
export async function routerOfJob(db: Db, job: JobRow): Promise<RouterEntity> {
  const id = job.object_id ?? '';
  const row =
    (await selectRouters(db).where('routers.id', '=', id).executeTakeFirst()) ??
    (await selectRouters(db)
      .where('routers.network_id', '=', job.waits_id)
      .orderBy('routers.seq', 'desc')
      .limit(1)
      .executeTakeFirst());
  return row === undefined ? { id } : routerResponse(row, false);
}
