import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { RowPatch, ZoneRow } from '../../store/schema.ts';
import { checkedDomain, checkedServers } from '../network/values.ts';
import { insertTrafficType } from '../physical-network/traffic-type.ts';
import { refuseTakenZoneName } from './insert.ts';
import { checkedGuestCidr, checkedName } from './values.ts';

/** The zone's row, locked for a change. 431 when there is none of that id. */
export async function lockZone(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<ZoneRow> {
  const zone = await call.tx
    .selectFrom('zones')
    .selectAll()
    .where(identified(named.id))
    .forUpdate()
    .executeTakeFirst();
  if (zone === undefined) throw unknownId(call, named);
  return zone;
}

/** Changes a zone. What was made keeps the values that it was made with, but for what routers ask for names. */
export async function updateZone(
  call: Call,
  { id, ...params }: ParamsOf<'updateZone'>,
): Promise<string> {
  const zone = await lockZone(call, { parameter: 'id', id });
  const patch: RowPatch<'zones'> = {};
  if (params.name !== undefined) {
    patch.name = checkedName(params.name);
    await refuseTakenZoneName(call.tx, patch.name, zone.id);
  }
  const dns = changedServers(zone.dns, [params.dns1, params.dns2]);
  if (dns !== null) patch.dns = dns;
  const internal = changedServers(zone.internal_dns, [params.internaldns1, params.internaldns2]);
  if (internal !== null) patch.internal_dns = internal;
  if (params.guestcidraddress !== undefined)
    patch.guest_cidr = checkedGuestCidr(params.guestcidraddress);
  if (params.domain !== undefined) patch.network_domain = checkedDomain(params.domain);
  if (params.localstorageenabled !== undefined) patch.local_storage = params.localstorageenabled;
  if (params.sortkey !== undefined) patch.sort_key = params.sortkey;
  if (params.details !== undefined)
    patch.details = JSON.stringify(Object.assign({}, ...params.details));
  if (params.ispublic === true) patch.domain_id = null;
  if (params.allocationstate !== undefined) {
    const enabled = params.allocationstate.toLowerCase() === 'enabled';
    if (enabled && zone.allocation_state !== 'Enabled') await completeTraffic(call, zone);
    patch.allocation_state = enabled ? 'Enabled' : 'Disabled';
  }
  if (Object.keys(patch).length > 0)
    await call.tx.updateTable('zones').set(patch).where('id', '=', zone.id).execute();
  if (dns !== null) await tellRouters(call, zone.id);
  return zone.id;
}

/** As in CloudStack, a zone is enabled only when management and public traffic are carried; storage goes with management. */
async function completeTraffic(call: Call, zone: ZoneRow): Promise<void> {
  const rows = await call.tx
    .selectFrom('traffic_types')
    .innerJoin('physical_networks', 'physical_networks.id', 'traffic_types.physical_network_id')
    .select(['traffic_type', 'label', 'physical_network_id'])
    .where('physical_networks.zone_id', '=', zone.id)
    .execute();
  const carried = (type: string) => rows.find(row => row.traffic_type === type);
  for (const type of ['Management', 'Public'])
    if (carried(type) === undefined)
      throw refused(
        `Cannot enable zone ${zone.name}: no physical network of it carries ${type} traffic`,
      );
  const management = carried('Management');
  if (management !== undefined && carried('Storage') === undefined)
    await insertTrafficType(call.tx, {
      physicalNetworkId: management.physical_network_id,
      type: 'Storage',
      label: management.label,
    });
}

/** The servers after a change of first and second; `null` when neither changes. */
function changedServers(
  before: readonly string[],
  asked: readonly (string | undefined)[],
): string[] | null {
  if (asked.every(server => server === undefined)) return null;
  return checkedServers(...asked.map((server, place) => server ?? before[place]));
}

/** Routers that ask the zone's servers are configured anew. */
async function tellRouters(call: Call, zoneId: string): Promise<void> {
  const rows = await call.tx
    .updateTable('networks')
    .set(eb => ({
      generation: eb('generation', '+', 1),
      full_generation: eb('generation', '+', 1),
    }))
    .where('zone_id', '=', zoneId)
    .where('state', '=', 'Implemented')
    .where(eb => eb(eb.fn<number>('cardinality', ['dns']), '=', 0))
    .returning('id')
    .execute();
  for (const { id } of rows) call.wake('network', id);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
