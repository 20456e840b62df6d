import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { PhysicalNetworkRow, PublicRangeRow, ZoneRow } from '../../store/schema.ts';
import { checkedOutsideBlock } from '../address-range/block.ts';
import { checkedVlan } from '../address-range/vlan.ts';
import { lockZone } from '../zone/update.ts';
import { askedOwner, dedicateRange } from './dedicate.ts';
import { insertPublicRange } from './insert.ts';
import { refuseGuestVlan, refuseOverlap } from './overlaps.ts';
import { publicNetworkId } from './public-network.ts';

type Params = ParamsOf<'createVlanIpRange'>;

/** Writes a range of public addresses, set aside at once where an owner is given. */
export async function createRange(call: Call, params: Params): Promise<PublicRangeRow> {
  const zone = await zoneOf(call, params);
  refuseOthers(params, zone);
  const { gateway, netmask, startip, endip } = params;
  if (gateway === undefined || netmask === undefined || startip === undefined)
    throw refused('gateway, netmask and startip must be given');
  const block = checkedOutsideBlock({ gateway, netmask, startip, endip });
  const vlan = checkedVlan(params.vlan);
  const physical = await carrierOf(call, zone, params.physicalnetworkid);
  await refuseOverlap(call.tx, block, { zoneId: zone.id, vlan, except: null });
  await refuseGuestVlan(call.tx, zone.id, vlan);
  const owner = await askedOwner(call, params);
  const range = await insertPublicRange(call.tx, {
    zoneId: zone.id,
    physicalNetworkId: physical.id,
    block,
    vlan,
  });
  if (owner.account_id !== null || owner.domain_id !== null)
    await dedicateRange(call, range, owner);
  return range;
}

/** The zone that is named, or that of the physical network that is; locked, so that ranges made at once do not overlap. */
async function zoneOf(call: Call, params: Params): Promise<ZoneRow> {
  if (params.zoneid !== undefined)
    return lockZone(call, { parameter: 'zoneid', id: params.zoneid });
  const { physicalnetworkid } = params;
  if (physicalnetworkid === undefined) throw refused('zoneid or physicalnetworkid must be given');
  const physical = await call.tx
    .selectFrom('physical_networks')
    .select('zone_id')
    .where(identified(physicalnetworkid))
    .executeTakeFirst();
  if (physical === undefined)
    throw unknownId(call, { parameter: 'physicalnetworkid', id: physicalnetworkid });
  return lockZone(call, { parameter: 'zoneid', id: physical.zone_id });
}

/** What is not public traffic of the zone. */
function refuseOthers(params: Params, zone: ZoneRow): void {
  if (params.networkid !== undefined && params.networkid !== publicNetworkId(zone.id))
    throw refused(`networkid ${params.networkid} is not the public network of zone ${zone.name}`);
  if (params.forvirtualnetwork === false)
    throw refused(
      'forvirtualnetwork=false is for the addresses of shared networks: give networkid',
    );
  if (params.forsystemvms === true)
    throw refused('forsystemvms: there are no system machines that take public addresses');
}

/** The physical network that carries the range. 431 for one without public traffic. */
async function carrierOf(
  call: Call,
  zone: ZoneRow,
  id: string | undefined,
): Promise<Pick<PhysicalNetworkRow, 'id'>> {
  const carrier = await call.tx
    .selectFrom('physical_networks')
    .innerJoin('traffic_types', 'traffic_types.physical_network_id', 'physical_networks.id')
    .select(['physical_networks.id', 'physical_networks.seq', 'physical_networks.name'])
    .where('zone_id', '=', zone.id)
    .where('traffic_type', '=', 'Public')
    .executeTakeFirst();
  if (carrier === undefined)
    throw refused(`No physical network of zone ${zone.name} carries public traffic: add the type`);
  if (id === undefined) return carrier;
  const named = await call.tx
    .selectFrom('physical_networks')
    .select(['id', 'name'])
    .where(identified(id))
    .where('zone_id', '=', zone.id)
    .executeTakeFirst();
  if (named === undefined) throw unknownId(call, { parameter: 'physicalnetworkid', id });
  if (named.id !== carrier.id)
    throw refused(
      `Physical network ${named.name} does not carry public traffic: ${carrier.name} does`,
    );
  return carrier;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
