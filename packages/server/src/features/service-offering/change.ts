import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { RowPatch, ServiceOfferingRow } from '../../store/schema.ts';
import { checkedName } from '../user/create.ts';
import { domainIds, idsOf, zoneIds } from './places.ts';

/** `updateServiceOffering`; gives its id. What runs keeps its size: sizes do not change. */
export async function updateOffering(
  call: Call,
  params: ParamsOf<'updateServiceOffering'>,
): Promise<string> {
  const { id } = await standingOffering(call, params.id);
  const patch: RowPatch<'service_offerings'> = {
    ...(params.name === undefined ? {} : { name: checkedName('name', params.name) }),
    ...(params.displaytext === undefined ? {} : { display_text: params.displaytext }),
    ...(params.hosttags === undefined ? {} : { host_tags: params.hosttags }),
    ...(params.sortkey === undefined ? {} : { sort_key: params.sortkey }),
    ...(params.state === undefined ? {} : { state: stateOf(params.state) }),
    ...(params.domainid === undefined
      ? {}
      : { domain_ids: await domainIds(call, idsOf(params.domainid, 'public')) }),
    ...(params.zoneid === undefined
      ? {}
      : { zone_ids: await zoneIds(call, idsOf(params.zoneid, 'all')) }),
  };
  if (Object.keys(patch).length > 0)
    await call.tx.updateTable('service_offerings').set(patch).where('id', '=', id).execute();
  return id;
}

/** `deleteServiceOffering`: nobody sees or takes it any more; instances that have it keep it. */
export async function deleteOffering(call: Call, id: string): Promise<void> {
  const offering = await standingOffering(call, id);
  if (offering.is_default)
    throw new IsolaError('refused_value', {
      reason: `Default service offering ${offering.name} cannot be deleted`,
    });
  await call.tx
    .updateTable('service_offerings')
    .set({ state: 'Removed' })
    .where('id', '=', offering.id)
    .execute();
}

/** The state of an offering that a call names. 431 for any but Active and Inactive. */
export function stateOf(text: string): 'Active' | 'Inactive' {
  const state = (['Active', 'Inactive'] as const).find(
    one => one.toLowerCase() === text.toLowerCase(),
  );
  if (state === undefined)
    throw new IsolaError('refused_value', {
      reason: `state must be Active or Inactive, not ${text}`,
    });
  return state;
}

async function standingOffering(call: Call, id: string): Promise<ServiceOfferingRow> {
  const offering = await call.tx
    .selectFrom('service_offerings')
    .selectAll()
    .where(identified(id))
    .where('state', '<>', 'Removed')
    .forUpdate()
    .executeTakeFirst();
  if (offering === undefined) throw unknownId(call, { parameter: 'id', id });
  return offering;
}
