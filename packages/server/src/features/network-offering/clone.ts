import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { insertOffering } from './create.ts';
import { namesOf } from './services.ts';

/** Writes an offering like another one, but for what is given; disabled unless `enable`. Returns its id. */
export async function cloneOffering(
  call: Call,
  params: ParamsOf<'cloneNetworkOffering'>,
): Promise<string> {
  const { sourceofferingid: id, addservices, dropservices, ...given } = params;
  const source = await call.tx
    .selectFrom('network_offerings')
    .selectAll()
    .where(identified(id))
    .executeTakeFirst();
  if (source === undefined) throw unknownId(call, { parameter: 'sourceofferingid', id });
  return insertOffering(call, {
    availability: 'Optional',
    conservemode: source.conserve_mode,
    details: [source.details],
    displaytext: source.display_text,
    domainid: source.domain_ids,
    egressdefaultpolicy: source.egress_default_allow,
    ispersistent: source.is_persistent,
    specifyipranges: source.specify_ip_ranges,
    specifyvlan: source.specify_vlan,
    zoneid: source.zone_ids,
    ...(source.network_rate === null ? {} : { networkrate: source.network_rate }),
    ...(source.service_offering_id === null
      ? {}
      : { serviceofferingid: source.service_offering_id }),
    ...(source.tags === null ? {} : { tags: source.tags }),
    ...given,
    guestiptype: given.guestiptype ?? source.guest_ip_type,
    traffictype: given.traffictype ?? source.traffic_type,
    supportedservices: services(namesOf(source.services), {
      instead: given.supportedservices,
      added: addservices ?? [],
      dropped: dropservices ?? [],
    }),
  });
}

interface Changes {
  readonly instead: readonly string[] | undefined;
  readonly added: readonly string[];
  readonly dropped: readonly string[];
}

/** The names without those that are dropped, and with those that are added. 431 with both ways of saying it. */
function services(names: readonly string[], { instead, added, dropped }: Changes): string[] {
  if (instead !== undefined && added.length + dropped.length > 0)
    throw new IsolaError('refused_value', {
      reason: 'supportedservices cannot be given together with addservices or dropservices',
    });
  const without = new Set(dropped.map(name => name.toLowerCase()));
  return [...new Set([...(instead ?? names), ...added])].filter(
    name => !without.has(name.toLowerCase()),
  );
}
