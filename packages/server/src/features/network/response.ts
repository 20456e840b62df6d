import type { ResultOf } from '@isola/api';
import { cidr, formatIpv4, netmaskOf, rangeOf } from '@isola/model';
import { ownedBy } from '../../access/owned-by.ts';
import type { AccountRow } from '../../store/schema.ts';
import { shownServices } from '../network-offering/response.ts';
import { tagResponse } from '../tag/load.ts';
import type { ShownNetwork } from './repository.ts';
import { isolationMethods, segmentUri } from './segment-uri.ts';

type NetworkEntity = ResultOf<'createNetwork'>;

/** A network as the API shows it. Only the root administrator sees VLAN tags. */
export function networkResponse(row: ShownNetwork, viewer: AccountRow['role']): NetworkEntity {
  return {
    id: row.id,
    name: row.name,
    displaytext: row.display_text,
    created: row.created,
    state: row.state,
    type: row.guest_type,
    acltype: row.acl_type,
    traffictype: 'Guest',
    broadcastdomaintype: isolationMethods[row.isolation_method].domainType,
    externalid: row.external_id ?? undefined,
    networkdomain: row.network_domain,
    networkofferingid: row.offering_id,
    networkofferingname: row.offering_name,
    networkofferingdisplaytext: row.offering_display_text,
    networkofferingavailability: row.offering_availability,
    networkofferingconservemode: row.conserve_mode,
    egressdefaultpolicy: row.egress_default_allow,
    ispersistent: row.is_persistent,
    specifyvlan: row.specify_vlan,
    specifyipranges: row.specify_ip_ranges,
    publicmtu: row.public_mtu,
    privatemtu: row.private_mtu,
    physicalnetworkid: row.physical_network_id,
    zoneid: row.zone_id,
    zonename: row.zone,
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
    related: row.id,
    displaynetwork: row.display_network,
    canusefordeploy: row.desired_state !== 'Destroyed',
    restartrequired: row.failure !== null,
    redundantrouter: false,
    issystem: false,
    isdefault: false,
    strechedl2subnet: false,
    supportsvmautoscaling: false,
    internetprotocol: 'IPv4',
    service: shownServices(row.services_text),
    tags: (row.tags ?? []).map(tagResponse),
    ...(row.acl_type === 'Domain' ? { subdomainaccess: row.subdomain_access } : {}),
    ...(row.details === null ? {} : { details: row.details }),
    ...addressing(row),
    ...(row.acl_type === 'Account' ? ownedBy(row) : {}),
    ...(viewer === 'Root Admin' ? tagging(row) : {}),
  };
}

/** An L2 network has none of it. */
function addressing(row: ShownNetwork): NetworkEntity {
  if (row.cidr === null || row.gateway === null) return {};
  const [dns1, dns2] = row.dns.length > 0 ? row.dns : row.zone_dns;
  return {
    cidr: row.vm_cidr ?? row.cidr,
    gateway: row.gateway,
    netmask: netmaskOf(cidr(row.cidr).prefix),
    dns1,
    dns2,
    ...(row.vm_cidr === null
      ? {}
      : { networkcidr: row.cidr, reservediprange: reservedRanges(row.cidr, row.vm_cidr) }),
  };
}

/** The addresses of the block that are not in the part: `first-last`, with a comma between two. */
export function reservedRanges(block: string, part: string): string {
  const whole = rangeOf(cidr(block));
  const used = rangeOf(cidr(part));
  const ranges = [
    [whole.first, used.first - 1],
    [used.last + 1, whole.last],
  ] as const;
  return ranges
    .filter(([first, last]) => first <= last)
    .map(([first, last]) => `${formatIpv4(first)}-${formatIpv4(last)}`)
    .join(',');
}

function tagging({
  vlan,
  requested_vlan,
  isolation_method: isolation,
}: ShownNetwork): NetworkEntity {
  const id = vlan ?? requested_vlan;
  return id === null ? {} : { vlan: String(id), broadcasturi: segmentUri({ isolation, id }) };
}
