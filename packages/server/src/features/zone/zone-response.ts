import type { ResultOf } from '@isola/api';
import type { ZoneRow } from '../../store/schema.ts';
import type { ZoneMtus } from '../network/mtu.ts';

/** A zone as the API shows it; what only operators need is left out for users. */
export function zoneResponse(
  zone: ZoneRow,
  mtus: ZoneMtus,
  administrator: boolean,
): ResultOf<'listZones'>['items'][number] {
  return {
    id: zone.id,
    name: zone.name,
    displaytext: zone.name,
    networktype: 'Advanced',
    type: 'Core',
    securitygroupsenabled: false,
    localstorageenabled: true,
    allocationstate: zone.allocation_state,
    dhcpprovider: zone.dhcp_provider,
    domain: zone.network_domain,
    allowuserspecifyvrmtu: mtus.usersMayChoose,
    routerprivateinterfacemaxmtu: mtus.privatemtu,
    routerpublicinterfacemaxmtu: mtus.publicmtu,
    ismultiarch: false,
    routedmodeenabled: false,
    tags: [],
    ...(administrator ? operatorFields(zone) : {}),
  };
}

function operatorFields(zone: ZoneRow) {
  const [dns1, dns2] = zone.dns;
  const [internaldns1, internaldns2] = zone.internal_dns;
  return {
    guestcidraddress: zone.guest_cidr,
    zonetoken: zone.zone_token,
    ...(dns1 === undefined ? {} : { dns1 }),
    ...(dns2 === undefined ? {} : { dns2 }),
    ...(internaldns1 === undefined ? {} : { internaldns1 }),
    ...(internaldns2 === undefined ? {} : { internaldns2 }),
  };
}
