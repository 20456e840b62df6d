import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { PodRangeRow, PodRow } from '../../store/schema.ts';

export function selectPods(db: Db) {
  return db
    .selectFrom('pods')
    .innerJoin('zones', 'zones.id', 'pods.zone_id')
    .selectAll('pods')
    .select('zones.name as zone');
}

/** The pod's row, locked for a change. 431 when there is none of that id. */
export async function lockPod(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<PodRow> {
  const pod = await call.tx
    .selectFrom('pods')
    .selectAll()
    .where(identified(named.id))
    .forUpdate()
    .executeTakeFirst();
  if (pod === undefined) throw unknownId(call, named);
  return pod;
}

/** Management addresses of pods, by the pod's id, in the order in which they were made. */
export async function rangesOfPods(
  db: Db,
  podIds: readonly string[],
): Promise<ReadonlyMap<string, PodRangeRow[]>> {
  const ranges = new Map<string, PodRangeRow[]>();
  if (podIds.length === 0) return ranges;
  const rows = await db
    .selectFrom('pod_ranges')
    .selectAll()
    .where('pod_id', 'in', [...podIds])
    .orderBy('seq')
    .execute();
  for (const row of rows) ranges.set(row.pod_id, [...(ranges.get(row.pod_id) ?? []), row]);
  return ranges;
}
