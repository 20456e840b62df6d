import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { PodRow, ZoneRow } from '../../store/schema.ts';
import { type AddressBlock, checkedOutsideBlock } from '../address-range/block.ts';
import { lockZone } from '../zone/update.ts';
import { checkedName } from '../zone/values.ts';
import { insertPod } from './insert.ts';
import { refuseOverlap } from './overlaps.ts';

type Params = ParamsOf<'createPod'>;

/** Writes a new pod. 431 for a name or subnet that the zone has. */
export async function createPod(call: Call, params: Params): Promise<PodRow> {
  const zone = await lockZone(call, { parameter: 'zoneid', id: params.zoneid });
  const block = blockOf(params, zone);
  if (block !== null) await refuseOverlap(call.tx, block, { zoneId: zone.id });
  return insertPod(call.tx, {
    zone,
    name: checkedName(params.name),
    block,
    state: params.allocationstate?.toLowerCase() === 'disabled' ? 'Disabled' : 'Enabled',
  });
}

function blockOf(params: Params, zone: ZoneRow): AddressBlock | null {
  const { gateway, netmask, startip, endip } = params;
  if (gateway === undefined && netmask === undefined && startip === undefined && zone.is_edge)
    return null;
  if (gateway === undefined || netmask === undefined || startip === undefined)
    throw new IsolaError('refused_value', {
      reason:
        'gateway, netmask and startip must be given for a pod of a zone that is not an edge zone',
    });
  return checkedOutsideBlock({ gateway, netmask, startip, endip });
}
