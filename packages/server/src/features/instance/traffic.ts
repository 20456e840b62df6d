import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';

/** Bytes of all NICs of an instance since it started. */
export interface Traffic {
  readonly received: number;
  readonly sent: number;
}

/** What the hosts of running instances said last of their traffic, by instance. */
export async function loadTraffic(
  db: Db,
  instances: readonly Pick<InstanceRow, 'id' | 'host_id'>[],
): Promise<ReadonlyMap<string, Traffic>> {
  const running = instances.filter(one => one.host_id !== null);
  if (running.length === 0) return new Map();
  const hosts = [...new Set(running.map(one => one.host_id))];
  const { rows } = await sql<Traffic & { id: string }>`
    select nic->>'instanceId' as id, sum((nic->>'receivedBytes')::bigint)::bigint as received,
      sum((nic->>'sentBytes')::bigint)::bigint as sent
    from hosts cross join jsonb_array_elements(hosts.load->'nics') nic
    where hosts.id = any(${hosts}::uuid[]) and nic->>'instanceId' = any(${running.map(one => one.id)}::text[])
    group by 1`.execute(db);
  return new Map(rows.map(({ id, ...traffic }) => [id, traffic]));
}
