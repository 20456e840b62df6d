import type { ResultOf } from '@isola/api';
import type { PhysicalNetworkRow, TrafficTypeRow } from '../../store/schema.ts';
import { formatTagRange, type TagRange } from './tag-ranges.ts';

interface ShownPhysicalNetwork extends PhysicalNetworkRow {
  readonly zone: string;
  readonly ranges: readonly TagRange[];
}

/** A physical network as the API shows it. */
export function physicalNetworkResponse(
  network: ShownPhysicalNetwork,
): ResultOf<'listPhysicalNetworks'>['items'][number] {
  return {
    id: network.id,
    name: network.name,
    zoneid: network.zone_id,
    zonename: network.zone,
    state: network.state,
    isolationmethods: network.isolation_method,
    broadcastdomainrange: 'ZONE',
    ...(network.ranges.length === 0 ? {} : { vlan: network.ranges.map(formatTagRange).join(',') }),
    ...(network.tags.length === 0 ? {} : { tags: network.tags.join(',') }),
    ...(network.network_speed === null ? {} : { networkspeed: network.network_speed }),
    ...(network.domain_id === null ? {} : { domainid: network.domain_id }),
  };
}

interface ShownTrafficType extends TrafficTypeRow {
  readonly guest_label: string | null;
}

/** A kind of traffic that a physical network carries, as the API shows it. */
export function trafficTypeResponse(
  type: ShownTrafficType,
): ResultOf<'listTrafficTypes'>['items'][number] {
  const label = type.traffic_type === 'Guest' ? type.guest_label : type.label;
  return {
    id: type.id,
    traffictype: type.traffic_type,
    physicalnetworkid: type.physical_network_id,
    ...(label === null ? {} : { kvmnetworklabel: label }),
  };
}
