import type { SegmentRef, SegmentSpec } from '@isola/agent-protocol';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, PhysicalNetworkRow } from '../../store/schema.ts';

type Tagged = Pick<NetworkRow, 'vlan'> & Pick<PhysicalNetworkRow, 'isolation_method'>;

/** The segment of an implemented network. */
export function segmentOf({ vlan, isolation_method }: Tagged): SegmentRef {
  if (vlan === null) throw new Error('a network that is not implemented has no segment');
  return { isolation: isolation_method, id: vlan };
}

/** The segment of an implemented network, as its hosts make it. */
export async function readSegment(db: Db, network: NetworkRow): Promise<SegmentSpec> {
  const physical = await db
    .selectFrom('physical_networks')
    .select(['isolation_method', 'guest_label'])
    .where('id', '=', network.physical_network_id)
    .executeTakeFirstOrThrow();
  return specOf(network, physical);
}

export type NetworkOfSegment = Pick<NetworkRow, 'vlan' | 'private_mtu'>;
export type PhysicalOfSegment = Pick<PhysicalNetworkRow, 'isolation_method' | 'guest_label'>;

/** As `readSegment`, of rows that are read. */
export function specOf(network: NetworkOfSegment, physical: PhysicalOfSegment): SegmentSpec {
  return {
    ...segmentOf({ ...physical, vlan: network.vlan }),
    label: physical.guest_label,
    mtu: network.private_mtu,
    peers: [],
  };
}
