import type { SegmentRef } from '@isola/agent-protocol';
import type { ResultOf } from '@isola/api';
import { cidr, netmaskOf } from '@isola/model';
import type { AccountRow } from '../../store/schema.ts';
import { segmentUri } from '../network/segment-uri.ts';
import type { ShownNic } from './repository.ts';

export type NicEntity = ResultOf<'listNics'>['items'][number];

/** A NIC as the API shows it. Only the root administrator sees VLAN tags. */
export function nicResponse(row: ShownNic, viewer: AccountRow['role']): NicEntity {
  return {
    id: row.id,
    virtualmachineid: row.instance_id,
    deviceid: String(row.device),
    networkid: row.network_id,
    networkname: row.network_name,
    macaddress: row.mac,
    mtu: row.mtu,
    isdefault: row.is_default,
    enabled: row.enabled,
    traffictype: 'Guest',
    type: row.guest_type,
    secondaryip: row.secondaries ?? [],
    extradhcpoption: [],
    ...addressing(row),
    ...(row.public_address === null || row.public_address_id === null
      ? {}
      : { publicip: row.public_address, publicipid: row.public_address_id }),
    ...(viewer === 'Root Admin' && row.vlan !== null
      ? tagging({ isolation: row.isolation_method, id: row.vlan })
      : {}),
  };
}

function addressing({ address, cidr: block, gateway }: ShownNic): NicEntity {
  if (address === null || block === null || gateway === null) return {};
  return { ipaddress: address, netmask: netmaskOf(cidr(block).prefix), gateway };
}

/** How answers show the tag of a segment. */
export function tagging(segment: SegmentRef): NicEntity {
  const uri = segmentUri(segment);
  return {
    broadcasturi: uri,
    isolationuri: uri,
    ...(segment.isolation === 'VLAN' ? { vlanid: segment.id } : {}),
  };
}
