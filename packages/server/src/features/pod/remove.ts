import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import { lockPod } from './repository.ts';

/** Deletes a pod. 431 for an id that names none, 536 while clusters, hosts or storage are in it. */
export async function removePod(call: Call, id: string): Promise<void> {
  const pod = await lockPod(call, { parameter: 'id', id });
  const { rows } = await sql<{ what: string }>`
    select what from (
      select 'cluster ' || name as what from clusters where pod_id = ${pod.id}
      union all select 'host ' || name from hosts where pod_id = ${pod.id}
      union all select 'storage pool ' || name from storage_pools where pod_id = ${pod.id}
      union all select 'storage addresses from ' || first_address from storage_ranges where pod_id = ${pod.id}
    ) left_in_it limit 1`.execute(call.tx);
  const [left] = rows;
  if (left !== undefined)
    throw new IsolaError('in_use', {
      reason: `The pod ${pod.name} is not deletable because it still has ${left.what}`,
    });
  await call.tx.deleteFrom('pods').where('id', '=', pod.id).execute();
}
