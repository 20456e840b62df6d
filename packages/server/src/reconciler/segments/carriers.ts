import type { SegmentSpec } from '@isola/agent-protocol';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';
import {
  type NetworkOfSegment,
  type PhysicalOfSegment,
  readSegment,
  specOf,
} from '../network/segment.ts';

/** A host that carries a network now. */
export interface Carrier {
  readonly id: string;
  readonly underlay_address: string | null;
}

/** Ports of a network on hosts, by what rows say: of a router, and of guests that run, start, stop or are moved there. */
const ports: RawBuilder<unknown> = sql`
  select r.host_id, r.network_id from routers r where not (r.state = 'Stopped' and r.desired_state = 'Stopped')
  union select i.host_id, n.network_id from nics n join instances i on i.id = n.instance_id
    where i.host_id is not null and n.state <> 'Revoke' and n.plug is distinct from 'Out'
  union select i.migration_target, n.network_id from nics n join instances i on i.id = n.instance_id
    where i.migration_target is not null and n.state <> 'Revoke' and n.plug is distinct from 'Out'`;

const carried = sql`n.vlan is not null and n.state in ('Implementing', 'Implemented')`;

/** The hosts that carry a network, by rows; those known to be dead do not. */
export async function carriersOf(db: Db, networkId: string): Promise<Carrier[]> {
  const { rows } = await sql<Carrier>`select distinct h.id, h.underlay_address
    from (${ports}) ports join hosts h on h.id = ports.host_id join networks n on n.id = ports.network_id
    where n.id = ${networkId} and h.state not in ('Down', 'Removed') and ${carried}`.execute(db);
  return rows;
}

/** The networks whose segment a host must have. */
export async function networksOn(db: Db, hostId: string): Promise<NetworkRow[]> {
  const { rows } = await sql<NetworkRow>`select n.* from networks n where ${carried}
    and n.id in (select network_id from (${ports}) ports where host_id = ${hostId}) order by n.seq`.execute(
    db,
  );
  return rows;
}

/** A network's segment, and the hosts that carry it. */
export interface CarriedSegment {
  readonly networkId: string;
  readonly segment: SegmentSpec;
  readonly carriers: readonly Carrier[];
}

/** The segments that a host must have, in one statement. */
export async function segmentsOn(db: Db, hostId: string): Promise<CarriedSegment[]> {
  const { rows } = await sql<
    NetworkOfSegment & PhysicalOfSegment & { id: string; carriers: Carrier[] | null }
  >`select n.id, n.vlan, n.private_mtu, p.isolation_method, p.guest_label, (
      select json_agg(json_build_object('id', h.id, 'underlay_address', h.underlay_address))
      from hosts h where h.state not in ('Down', 'Removed')
        and h.id in (select ports.host_id from (${ports}) ports where ports.network_id = n.id)
    ) as carriers
    from networks n join physical_networks p on p.id = n.physical_network_id where ${carried}
    and n.id in (select network_id from (${ports}) ports where host_id = ${hostId}) order by n.seq`.execute(
    db,
  );
  return rows.map(row => ({
    networkId: row.id,
    segment: specOf(row, row),
    carriers: row.carriers ?? [],
  }));
}

/** What each carrier is to make of the network's segment, by host. */
export async function readSpread(
  db: Db,
  network: NetworkRow,
  carriers: readonly Carrier[],
): Promise<Map<string, SegmentSpec>> {
  return spreadOf(await readSegment(db, network), carriers);
}

/** As `readSpread`, of a segment that is read. */
export function spreadOf(
  segment: SegmentSpec,
  carriers: readonly Carrier[],
): Map<string, SegmentSpec> {
  const specs = carriers.map(({ id }) => {
    const others = segment.isolation === 'VXLAN' ? carriers.filter(one => one.id !== id) : [];
    const peers = others.flatMap(other => other.underlay_address ?? []).toSorted();
    return [id, { ...segment, peers }] as const;
  });
  return new Map(specs);
}
