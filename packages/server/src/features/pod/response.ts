import type { ResultOf } from '@isola/api';
import { cidrOf, formatCidr, ipv4, netmaskOf } from '@isola/model';
import type { Db } from '../../store/database.ts';
import type { PodRangeRow, PodRow } from '../../store/schema.ts';
import type { CapacityEntity } from '../capacity/response.ts';
import { rangesOfPods, selectPods } from './repository.ts';

interface PodOfZone extends PodRow {
  readonly zone: string;
}

export type PodEntity = ResultOf<'listPods'>['items'][number];

interface Shown {
  readonly ranges: readonly PodRangeRow[];
  /** Where they were asked for. */
  readonly capacity?: readonly CapacityEntity[];
}

/** A pod as the API shows it. */
export function podResponse(pod: PodOfZone, { ranges, capacity }: Shown): PodEntity {
  return {
    id: pod.id,
    name: pod.name,
    zoneid: pod.zone_id,
    zonename: pod.zone,
    ...(pod.gateway === null ? {} : { gateway: pod.gateway }),
    ...(pod.prefix === null ? {} : { netmask: netmaskOf(pod.prefix) }),
    startip: ranges.map(range => range.first_address),
    endip: ranges.map(range => range.last_address),
    forsystemvms: ranges.map(forSystemVms),
    vlanid: ranges.map(range => range.vlan),
    ipranges: ranges.map(range => ({
      gateway: range.gateway,
      cidr: formatCidr(cidrOf(ipv4(range.gateway), range.prefix)),
      startip: range.first_address,
      endip: range.last_address,
      forsystemvms: forSystemVms(range),
      vlanid: range.vlan,
    })),
    allocationstate: pod.allocation_state,
    ...(capacity === undefined ? {} : { capacity }),
  };
}

/** The answer of commands that make or change a pod. */
export async function showPod(db: Db, id: string): Promise<PodEntity> {
  const pod = await selectPods(db).where('pods.id', '=', id).executeTakeFirstOrThrow();
  return podResponse(pod, { ranges: (await rangesOfPods(db, [id])).get(id) ?? [] });
}

function forSystemVms(range: PodRangeRow): string {
  return range.for_system_vms ? '1' : '0';
}
