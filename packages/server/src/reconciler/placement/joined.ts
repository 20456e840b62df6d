import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { Joined } from './choose.ts';

/** Router and instance that do not count: what is placed, and a router that it is to follow. */
interface Without {
  readonly self: string | null;
  readonly replaces: string | null;
}

/** Which hosts carry networks already, by rows; those that are dead do not. */
export async function readJoined(
  db: Db,
  networkIds: readonly string[],
  { self, replaces }: Without,
): Promise<Joined[]> {
  if (networkIds.length === 0) return [];
  const { rows } = await sql<Joined>`
    select p.isolation_method as isolation, p.isolation_method = 'VLAN' and p.guest_label is not null as labelled, coalesce((
      select json_agg(json_build_object('id', h.id, 'linked', case p.isolation_method when 'VXLAN' then h.underlay_address is not null
        else h.guest_mtu is not null or p.guest_label is not null end)) from hosts h
      where h.state not in ('Down', 'Removed') and h.id in (
        select r.host_id from routers r where r.network_id = n.id and r.state <> 'Stopped'
          and r.id is distinct from ${self}::uuid and r.id is distinct from ${replaces}::uuid
        union select unnest(array[i.host_id, i.migration_target]) from instances i join nics on nics.instance_id = i.id
          where nics.network_id = n.id and nics.state <> 'Revoke' and i.id is distinct from ${self}::uuid)
      ), '[]') as carriers
    from networks n join physical_networks p on p.id = n.physical_network_id
    where n.id = any(${[...networkIds]}::uuid[]) order by n.seq`.execute(db);
  return rows;
}
