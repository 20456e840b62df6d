import type { ResultOf } from '@isola/api';
import type { OfferingWithPlaces } from './repository.ts';
import { namesOf, type OfferingServices } from './services.ts';

type OfferingEntity = ResultOf<'createNetworkOffering'>;

/** A network offering as the API shows it. */
export function networkOfferingResponse(row: OfferingWithPlaces): OfferingEntity {
  return {
    id: row.id,
    name: row.name,
    displaytext: row.display_text,
    created: row.created,
    traffictype: row.traffic_type,
    guestiptype: row.guest_ip_type,
    state: row.state,
    availability: row.availability,
    isdefault: row.is_default,
    conservemode: row.conserve_mode,
    egressdefaultpolicy: row.egress_default_allow,
    ispersistent: row.is_persistent,
    specifyvlan: row.specify_vlan,
    specifyipranges: row.specify_ip_ranges,
    forvpc: row.for_vpc,
    fornsx: false,
    fortungsten: false,
    internetprotocol: 'IPv4',
    networkmode: 'NATTED',
    supportsinternallb: false,
    supportspublicaccess: false,
    supportsstrechedl2subnet: false,
    networkrate: row.network_rate ?? undefined,
    serviceofferingid: row.router_offering_id,
    tags: row.tags ?? undefined,
    service: serviceResponses(row.services),
    ...(Object.keys(row.details).length === 0 ? {} : { details: row.details }),
    ...(row.domain_ids.length === 0
      ? {}
      : { domainid: row.domain_ids.join(','), domain: row.domain_paths.join(',') }),
    ...(row.zone_ids.length === 0
      ? {}
      : { zoneid: row.zone_ids.join(','), zone: row.zone_names.join(',') }),
  };
}

interface ServiceResponse {
  readonly name: string;
  readonly provider: readonly { readonly name: string }[];
  readonly capability: readonly {
    readonly name: string;
    readonly value: string;
    readonly canchooseservicecapability: boolean;
  }[];
}

/** The services of an offering, as the API shows them. */
function serviceResponses(services: OfferingServices): readonly ServiceResponse[] {
  return namesOf(services).map(name => ({
    name,
    provider: [{ name: services[name]?.provider ?? '' }],
    capability: Object.entries(services[name]?.capabilities ?? {}).map(([capability, value]) => ({
      name: capability,
      value,
      canchooseservicecapability: false,
    })),
  }));
}

const mostRemembered = 200;
const remembered = new Map<string, readonly ServiceResponse[]>();

/**
 * The services of a network's offering, from the column's text, as the API shows them. The networks of a page mostly share
 * theirs: they get the same frozen list, which is written once.
 */
export function shownServices(text: string): readonly ServiceResponse[] {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const services: OfferingServices = JSON.parse(text);
  const shown = Object.freeze(serviceResponses(services));
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(text, shown);
  return shown;
}
