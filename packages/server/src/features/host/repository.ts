import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { HostRow } from '../../store/schema.ts';

/** Hosts that are not removed, with the names of where they are; callers add conditions and order. */
export function selectHosts(db: Db) {
  return db
    .selectFrom('hosts')
    .innerJoin('zones', 'zones.id', 'hosts.zone_id')
    .innerJoin('pods', 'pods.id', 'hosts.pod_id')
    .innerJoin('clusters', 'clusters.id', 'hosts.cluster_id')
    .where('hosts.state', '<>', 'Removed')
    .selectAll('hosts')
    .select(['zones.name as zone', 'pods.name as pod', 'clusters.name as cluster'])
    .select(eb =>
      eb
        .selectFrom('settings')
        .select('settings.value')
        .where('settings.name', '=', 'isola.server.id')
        .as('server_id'),
    );
}

/** A host with the names of where it is. */
export interface ShownHost extends HostRow {
  readonly zone: string;
  readonly pod: string;
  readonly cluster: string;
  /** Id of the management server. */
  readonly server_id: string | null;
}

/** The row of a host, locked for a change. 431 when there is none of that id. */
export async function lockHost(call: Call, id: string): Promise<HostRow> {
  const host = await call.tx
    .selectFrom('hosts')
    .selectAll()
    .where(identified(id))
    .where('state', '<>', 'Removed')
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (host === undefined) throw unknownId(call, { parameter: 'id', id });
  return host;
}

/** Refuses (431) what cannot be done with a host. */
export function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}

/** A host of the zone. 431 (`hostid`) when there is none of that id. */
export async function hostInZone(call: Call, id: string, zoneId: string): Promise<HostRow> {
  const host = await call.tx
    .selectFrom('hosts')
    .selectAll()
    .where(identified(id))
    .where('state', '<>', 'Removed')
    .executeTakeFirst();
  if (host === undefined || host.zone_id !== zoneId)
    throw unknownId(call, { parameter: 'hostid', id });
  return host;
}
