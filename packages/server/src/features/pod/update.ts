import type { ParamsOf } from '@isola/api';
import { IsolaError, netmaskOf } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { PodRow, RowPatch } from '../../store/schema.ts';
import { checkedOutsideBlock } from '../address-range/block.ts';
import { lockZone } from '../zone/update.ts';
import { checkedName } from '../zone/values.ts';
import { insertPodRange, refuseTakenPodName } from './insert.ts';
import { refuseOverlap } from './overlaps.ts';
import { lockPod, rangesOfPods } from './repository.ts';

type Params = ParamsOf<'updatePod'>;

/** Changes a pod. Addresses can be changed where it has no more than one range. */
export async function updatePod(call: Call, params: Params): Promise<string> {
  const pod = await lockPod(call, { parameter: 'id', id: params.id });
  const patch: RowPatch<'pods'> = {};
  if (params.name !== undefined) {
    patch.name = checkedName(params.name);
    const zone = await lockZone(call, { parameter: 'zoneid', id: pod.zone_id });
    await refuseTakenPodName(call.tx, { zone, name: patch.name, id: pod.id });
  }
  if (params.allocationstate !== undefined)
    patch.allocation_state =
      params.allocationstate.toLowerCase() === 'enabled' ? 'Enabled' : 'Disabled';
  Object.assign(patch, await changedAddresses(call, pod, params));
  if (Object.keys(patch).length > 0)
    await call.tx.updateTable('pods').set(patch).where('id', '=', pod.id).execute();
  return pod.id;
}

async function changedAddresses(
  call: Call,
  pod: PodRow,
  params: Params,
): Promise<Pick<RowPatch<'pods'>, 'gateway' | 'prefix'>> {
  const { gateway, netmask, startip, endip } = params;
  if ([gateway, netmask, startip, endip].every(text => text === undefined)) return {};
  const [range, other] = (await rangesOfPods(call.tx, [pod.id])).get(pod.id) ?? [];
  if (other !== undefined)
    throw refused(
      `Pod ${pod.name} has several ranges of management addresses: change them with updatePodManagementNetworkIpRange`,
    );
  const whole = {
    gateway: gateway ?? pod.gateway,
    netmask: netmask ?? (pod.prefix === null ? null : netmaskOf(pod.prefix)),
    startip: startip ?? range?.first_address,
    endip: endip ?? range?.last_address,
  };
  if (whole.gateway === null || whole.netmask === null || whole.startip === undefined)
    throw refused(`Pod ${pod.name} has no management addresses: give gateway, netmask and startip`);
  const block = checkedOutsideBlock({
    ...whole,
    gateway: whole.gateway,
    netmask: whole.netmask,
    startip: whole.startip,
  });
  await lockZone(call, { parameter: 'zoneid', id: pod.zone_id });
  await refuseOverlap(call.tx, block, {
    zoneId: pod.zone_id,
    podId: pod.id,
    ...(range === undefined ? {} : { except: range.id }),
  });
  await call.tx.deleteFrom('pod_ranges').where('pod_id', '=', pod.id).execute();
  await insertPodRange(call.tx, {
    podId: pod.id,
    block,
    ...(range === undefined ? {} : { vlan: range.vlan, forSystemVms: range.for_system_vms }),
  });
  return { gateway: block.gateway, prefix: block.prefix };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
