import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { domainIds, zoneIds } from '../service-offering/places.ts';
import { guestTypeOf, refuseUnserved, requestedServices } from './request.ts';

/** Writes a new offering; returns its id. 431 for what cannot be served. */
export async function insertOffering(
  call: Call,
  params: ParamsOf<'createNetworkOffering'>,
): Promise<string> {
  refuseUnserved(params);
  const services = requestedServices(params);
  const availability = availabilityOf(params.availability ?? 'Optional');
  if (availability === 'Required') {
    if (services.SourceNat === undefined)
      throw refused('availability Required needs the service SourceNat');
    await refuseSecondRequired(call);
  }
  await refuseTakenName(call, params.name);
  const { id } = await call.tx
    .insertInto('network_offerings')
    .values({
      name: params.name,
      display_text: params.displaytext ?? params.name,
      guest_ip_type: guestTypeOf(params.guestiptype),
      state: params.enable === true ? 'Enabled' : 'Disabled',
      availability,
      services: JSON.stringify(services),
      egress_default_allow: params.egressdefaultpolicy ?? true,
      conserve_mode: params.conservemode ?? true,
      specify_vlan: params.specifyvlan ?? false,
      specify_ip_ranges: params.specifyipranges ?? false,
      is_persistent: params.ispersistent ?? false,
      network_rate: params.networkrate ?? null,
      service_offering_id: await systemOffering(call, params.serviceofferingid),
      tags: params.tags ?? null,
      details: JSON.stringify(Object.assign({}, ...(params.details ?? []))),
      domain_ids: await domainIds(call, params.domainid ?? []),
      zone_ids: await zoneIds(call, params.zoneid ?? []),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function refuseTakenName(call: Call, name: string): Promise<void> {
  const taken = await call.tx
    .selectFrom('network_offerings')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`A network offering with name ${name} already exists`);
}

export async function refuseSecondRequired(call: Call): Promise<void> {
  const other = await call.tx
    .selectFrom('network_offerings')
    .select('name')
    .where('availability', '=', 'Required')
    .executeTakeFirst();
  if (other !== undefined)
    throw refused(`Network offering ${other.name} has availability Required; there can be one`);
}

async function systemOffering(call: Call, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  const offering = await call.tx
    .selectFrom('service_offerings')
    .select(['id', 'is_system', 'name'])
    .where(identified(id))
    .where('state', '=', 'Active')
    .executeTakeFirst();
  if (offering === undefined) throw unknownId(call, { parameter: 'serviceofferingid', id });
  if (!offering.is_system)
    throw refused(`Service offering ${offering.name} is not a system offering for routers`);
  return offering.id;
}

export function availabilityOf(text: string): 'Required' | 'Optional' {
  return text.toLowerCase() === 'required' ? 'Required' : 'Optional';
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
