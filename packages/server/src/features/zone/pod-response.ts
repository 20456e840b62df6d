import type { ResultOf } from '@isola/api';
import { cidrOf, formatCidr, ipv4, parseNetmask } from '@isola/model';
import type { PodRow } from '../../store/schema.ts';

interface PodOfZone extends PodRow {
  readonly zone: string;
}

/** A pod as the API shows it. Its one range is that of the control addresses of routers. */
export function podResponse(pod: PodOfZone): ResultOf<'listPods'>['items'][number] {
  const network = cidrOf(ipv4(pod.gateway), parseNetmask(pod.netmask) ?? 32);
  return {
    id: pod.id,
    name: pod.name,
    zoneid: pod.zone_id,
    zonename: pod.zone,
    gateway: pod.gateway,
    netmask: pod.netmask,
    startip: [pod.first_address],
    endip: [pod.last_address],
    forsystemvms: ['1'],
    vlanid: ['untagged'],
    ipranges: [
      {
        gateway: pod.gateway,
        cidr: formatCidr(network),
        startip: pod.first_address,
        endip: pod.last_address,
        forsystemvms: '1',
        vlanid: 'untagged',
      },
    ],
    allocationstate: pod.allocation_state,
  };
}
