import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';

export interface Allocated {
  readonly megahertz: number;
  readonly bytes: number;
  readonly cores: number;
}

const nothing: Allocated = { megahertz: 0, bytes: 0, cores: 0 };

/** What the instances and routers that run on each host were promised. */
export async function allocatedOn(
  db: Db,
  hostIds: readonly string[],
): Promise<(hostId: string) => Allocated> {
  const { rows } = await sql<Allocated & { host: string }>`
    with running as (
      select i.host_id as host, i.service_offering_id as offering from instances i
      where i.state in ('Starting', 'Running', 'Stopping')
      union all
      select r.host_id, coalesce(r.service_offering_id, o.service_offering_id,
        (select id from service_offerings where is_system and is_default order by seq limit 1))
      from routers r join networks n on n.id = r.network_id join network_offerings o on o.id = n.offering_id
      where r.state in ('Starting', 'Running', 'Stopping'))
    select running.host, sum(s.cpu_number::bigint * s.cpu_speed)::bigint as megahertz,
      sum(s.memory_mib::bigint * 1048576)::bigint as bytes, sum(s.cpu_number)::bigint as cores
    from running join service_offerings s on s.id = running.offering
    where running.host = any(${[...hostIds]}::uuid[]) group by running.host`.execute(db);
  const byHost = new Map(rows.map(row => [row.host, row]));
  return hostId => byHost.get(hostId) ?? nothing;
}
