import type { ParamsOf } from '@isola/api';
import { IsolaError, ipv4, netmaskOf } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { PublicRangeRow } from '../../store/schema.ts';
import { type AddressBlock, checkedOutsideBlock } from '../address-range/block.ts';
import { lockZone } from '../zone/update.ts';
import { fillRange } from './insert.ts';
import { refuseOverlap } from './overlaps.ts';
import { lockRange } from './repository.ts';

/** Changes the ends of a range and, while none of its addresses is in use, its subnet; gives its id. */
export async function updateRange(
  call: Call,
  params: ParamsOf<'updateVlanIpRange'>,
): Promise<string> {
  if (params.forsystemvms === true)
    throw refused('forsystemvms: there are no system machines that take public addresses');
  const range = await lockRange(call, params.id);
  const block = checkedOutsideBlock({
    gateway: params.gateway ?? range.gateway,
    netmask: params.netmask ?? netmaskOf(range.prefix),
    startip: params.startip ?? range.first_address,
    endip: params.endip ?? range.last_address,
  });
  await refuseLosing(call, range, block);
  await lockZone(call, { parameter: 'zoneid', id: range.zone_id });
  await refuseOverlap(call.tx, block, {
    zoneId: range.zone_id,
    vlan: range.vlan,
    except: range.id,
  });
  const changed = await call.tx
    .updateTable('public_ranges')
    .set({
      gateway: block.gateway,
      prefix: block.prefix,
      first_address: block.first,
      last_address: block.last,
    })
    .where('id', '=', range.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await fillRange(call.tx, changed);
  return range.id;
}

/** Addresses in use stay in the range, and keep their gateway. */
async function refuseLosing(call: Call, range: PublicRangeRow, block: AddressBlock): Promise<void> {
  const used = await call.tx
    .selectFrom('public_addresses')
    .select('address')
    .where('range_id', '=', range.id)
    .where('state', '<>', 'Free')
    .orderBy('seq')
    .execute();
  const [first] = used;
  if (first !== undefined && (block.gateway !== range.gateway || block.prefix !== range.prefix))
    throw refused(
      `gateway and netmask cannot be changed while addresses of the range are in use: ${first.address}`,
    );
  const lost = used.find(
    ({ address }) => ipv4(address) < ipv4(block.first) || ipv4(address) > ipv4(block.last),
  );
  if (lost !== undefined)
    throw refused(`Public address ${lost.address} is in use and must stay in the range`);
}

/** Deletes a range. 431 for an id that names none, 536 while addresses of it are in use. */
export async function removeRange(call: Call, id: string): Promise<void> {
  const range = await lockRange(call, id);
  await call.tx
    .deleteFrom('public_addresses')
    .where('range_id', '=', range.id)
    .where('state', '=', 'Free')
    .execute();
  const used = await call.tx
    .selectFrom('public_addresses')
    .select('address')
    .where('range_id', '=', range.id)
    .execute();
  const [one] = used;
  if (one !== undefined)
    throw new IsolaError('in_use', {
      reason: `The public addresses ${range.first_address}-${range.last_address} are not deletable: ${used.length} of them are in use, for example ${one.address}`,
    });
  await call.tx.deleteFrom('public_ranges').where('id', '=', range.id).execute();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
