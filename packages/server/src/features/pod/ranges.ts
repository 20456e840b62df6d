import type { ParamsOf } from '@isola/api';
import { formatIpv4, IsolaError, ipv4, netmaskOf } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { PodRangeRow, PodRow } from '../../store/schema.ts';
import { checkedOutsideBlock } from '../address-range/block.ts';
import { checkedVlan } from '../address-range/vlan.ts';
import { lockZone } from '../zone/update.ts';
import { insertPodRange } from './insert.ts';
import { refuseOverlap } from './overlaps.ts';
import { lockPod, rangesOfPods } from './repository.ts';

/** Adds management addresses to a pod; gives its id. 431 for those that something of the zone has. */
export async function addManagementRange(
  call: Call,
  params: ParamsOf<'createManagementNetworkIpRange'>,
): Promise<string> {
  const pod = await lockPod(call, { parameter: 'podid', id: params.podid });
  const block = checkedOutsideBlock(params);
  await lockZone(call, { parameter: 'zoneid', id: pod.zone_id });
  await refuseOverlap(call.tx, block, { zoneId: pod.zone_id, podId: pod.id });
  await insertPodRange(call.tx, {
    podId: pod.id,
    block,
    vlan: checkedVlan(params.vlan),
    forSystemVms: params.forsystemvms ?? false,
  });
  return pod.id;
}

/** Changes the ends of management addresses; gives the pod's id. 431 when the pod has not those that are named. */
export async function changeManagementRange(
  call: Call,
  params: ParamsOf<'updatePodManagementNetworkIpRange'>,
): Promise<string> {
  const pod = await lockPod(call, { parameter: 'podid', id: params.podid });
  if (params.newstartip === undefined && params.newendip === undefined)
    throw refused('newstartip or newendip must be given');
  const range = await rangeOf(call, pod, {
    first: params.currentstartip,
    last: params.currentendip,
  });
  const block = checkedOutsideBlock({
    gateway: range.gateway,
    netmask: netmaskOf(range.prefix),
    startip: params.newstartip ?? range.first_address,
    endip: params.newendip ?? range.last_address,
  });
  await lockZone(call, { parameter: 'zoneid', id: pod.zone_id });
  await refuseOverlap(call.tx, block, { zoneId: pod.zone_id, podId: pod.id, except: range.id });
  await call.tx
    .updateTable('pod_ranges')
    .set({ first_address: block.first, last_address: block.last })
    .where('id', '=', range.id)
    .execute();
  return pod.id;
}

/** Removes management addresses from a pod; gives its id. 431 when it has not those that are named. */
export async function removeManagementRange(
  call: Call,
  params: ParamsOf<'deleteManagementNetworkIpRange'>,
): Promise<string> {
  const pod = await lockPod(call, { parameter: 'podid', id: params.podid });
  const vlan = checkedVlan(params.vlan);
  const range = await rangeOf(call, pod, { first: params.startip, last: params.endip });
  if (range.vlan !== vlan)
    throw refused(
      `The range ${params.startip}-${params.endip} has VLAN ${range.vlan}, not ${vlan}`,
    );
  await call.tx.deleteFrom('pod_ranges').where('id', '=', range.id).execute();
  return pod.id;
}

async function rangeOf(
  call: Call,
  pod: PodRow,
  ends: { readonly first: string; readonly last: string },
): Promise<PodRangeRow> {
  const first = formatIpv4(ipv4(ends.first));
  const last = formatIpv4(ipv4(ends.last));
  const ranges = (await rangesOfPods(call.tx, [pod.id])).get(pod.id) ?? [];
  const found = ranges.find(range => range.first_address === first && range.last_address === last);
  if (found === undefined)
    throw refused(`Pod ${pod.name} has no management addresses ${first}-${last}`);
  return found;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
