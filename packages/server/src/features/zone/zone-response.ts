import type { ResultOf } from '@isola/api';
import type { ZoneRow } from '../../store/schema.ts';
import type { CapacityEntity } from '../capacity/response.ts';
import type { ZoneMtus } from '../network/mtu.ts';

export interface ShownZone extends ZoneRow {
  /** Name of the domain that it is set aside for. */
  readonly domain: string | null;
}

export type ZoneEntity = ResultOf<'listZones'>['items'][number];

interface Shown {
  readonly mtus: ZoneMtus;
  readonly administrator: boolean;
  /** Where they were asked for. */
  readonly capacity?: readonly CapacityEntity[];
}

/** A zone as the API shows it; what only operators need is left out for users. */
export function zoneResponse(
  zone: ShownZone,
  { mtus, administrator, capacity }: Shown,
): ZoneEntity {
  return {
    id: zone.id,
    name: zone.name,
    displaytext: zone.name,
    networktype: 'Advanced',
    type: zone.is_edge ? 'Edge' : 'Core',
    securitygroupsenabled: false,
    localstorageenabled: zone.local_storage,
    allocationstate: zone.allocation_state,
    dhcpprovider: zone.dhcp_provider,
    domain: zone.network_domain,
    allowuserspecifyvrmtu: mtus.usersMayChoose,
    routerprivateinterfacemaxmtu: mtus.privatemtu,
    routerpublicinterfacemaxmtu: mtus.publicmtu,
    ismultiarch: false,
    routedmodeenabled: false,
    tags: [],
    ...(zone.domain_id === null ? {} : { domainid: zone.domain_id, domainname: zone.domain ?? '' }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(administrator ? operatorFields(zone) : {}),
  };
}

function operatorFields(zone: ZoneRow) {
  const [dns1, dns2] = zone.dns;
  const [internaldns1, internaldns2] = zone.internal_dns;
  return {
    guestcidraddress: zone.guest_cidr,
    zonetoken: zone.zone_token,
    resourcedetails: zone.details,
    ...(dns1 === undefined ? {} : { dns1 }),
    ...(dns2 === undefined ? {} : { dns2 }),
    ...(internaldns1 === undefined ? {} : { internaldns1 }),
    ...(internaldns2 === undefined ? {} : { internaldns2 }),
  };
}
