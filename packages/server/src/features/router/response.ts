import type { ResultOf } from '@isola/api';
import { cidr, type HealthCheck, netmaskOf } from '@isola/model';
import { ownedBy } from '../../access/owned-by.ts';
import { type NicEntity, tagging } from '../nic/response.ts';
import { publicNetworkId } from '../public-range/public-network.ts';
import { healthOf } from './health.ts';
import { isOutdated } from './outdated.ts';
import type { ShownRouter } from './repository.ts';

export type RouterEntity = ResultOf<'listRouters'>['items'][number];

const controlNetmask = netmaskOf(16);

/** A list that every NIC shares; frozen, so that it is converted once. */
const none: NonNullable<NicEntity['secondaryip']> = Object.freeze([]);

/** A router as the API shows it; with the results of its health checks when asked for. */
export function routerResponse(row: ShownRouter, withChecks: boolean): RouterEntity {
  const checks = healthOf(row);
  const [dns1, dns2] = row.dns.length > 0 ? row.dns : row.zone_dns;
  // What may be missing comes last: an object that begins with it is made property by property.
  return {
    id: row.id,
    name: row.name,
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
    zoneid: row.zone_id,
    zonename: row.zone,
    podid: row.pod_id,
    podname: row.pod,
    created: row.created,
    state: row.state,
    role: 'VIRTUAL_ROUTER',
    redundantstate: 'UNKNOWN',
    isredundantrouter: false,
    requiresupgrade: isOutdated(row),
    version: shortVersion(row.image),
    scriptsversion: row.image,
    softwareversion: row.image,
    hypervisor: row.hypervisor,
    hostcontrolstate: row.reachable ? 'Enabled' : 'Unmanageable',
    serviceofferingid: row.offering_id,
    serviceofferingname: row.offering,
    vpcid: '',
    guestnetworkid: row.network_id,
    guestnetworkname: row.network,
    guestipaddress: row.router_address ?? row.gateway,
    guestmacaddress: row.guest_mac,
    guestnetmask: netmaskOf(cidr(row.cidr).prefix),
    networkdomain: row.network_domain,
    dns1,
    dns2,
    linklocalip: row.control_address,
    linklocalmacaddress: row.control_mac,
    linklocalnetmask: controlNetmask,
    nic: nicsOf(row),
    healthchecksfailed: checks.some(check => !check.success),
    ...ownedBy(row),
    ...(row.state === 'Stopped' ? {} : { hostid: row.host_id, hostname: row.host }),
    ...(row.template_id === null ? {} : { templateid: row.template_id }),
    ...(row.template === null ? {} : { templatename: row.template }),
    ...publicSide(row),
    ...(withChecks ? { healthcheckresults: checks.map(healthCheckResponse) } : {}),
  };
}

/** The image's checksum is its version. */
function shortVersion(image: string): string {
  return image.slice(0, 12);
}

function publicSide(row: ShownRouter): RouterEntity {
  const { public_address: address, public_gateway: gateway, public_prefix: prefix } = row;
  if (address === null || gateway === null || prefix === null || row.public_mac === null) return {};
  return {
    publicip: address,
    publicmacaddress: row.public_mac,
    publicnetmask: netmaskOf(prefix),
    publicnetworkid: publicNetworkId(row.zone_id),
    gateway,
  };
}

/** eth0 control, eth1 guest, eth2 public. */
function nicsOf(row: ShownRouter): NicEntity[] {
  const control: NicEntity = {
    id: `${row.id}-eth0`,
    deviceid: '0',
    macaddress: row.control_mac,
    virtualmachineid: row.id,
    isdefault: false,
    enabled: true,
    secondaryip: none,
    extradhcpoption: none,
    traffictype: 'Control',
    ipaddress: row.control_address,
    netmask: controlNetmask,
    mtu: 1500,
  };
  const guest: NicEntity = {
    id: `${row.id}-eth1`,
    deviceid: '1',
    macaddress: row.guest_mac,
    virtualmachineid: row.id,
    isdefault: false,
    enabled: true,
    secondaryip: none,
    extradhcpoption: none,
    traffictype: 'Guest',
    type: row.router_address === null ? 'Isolated' : 'Shared',
    networkid: row.network_id,
    networkname: row.network,
    ipaddress: row.router_address ?? row.gateway,
    netmask: netmaskOf(cidr(row.cidr).prefix),
    mtu: row.private_mtu,
    ...(row.vlan === null ? {} : tagging({ isolation: row.isolation_method, id: row.vlan })),
  };
  const { public_address: address, public_gateway: gateway, public_prefix: prefix } = row;
  if (row.public_mac === null || address === null || gateway === null || prefix === null)
    return [control, guest];
  const outside: NicEntity = {
    id: `${row.id}-eth2`,
    deviceid: '2',
    macaddress: row.public_mac,
    virtualmachineid: row.id,
    isdefault: true,
    enabled: true,
    secondaryip: none,
    extradhcpoption: none,
    traffictype: 'Public',
    ipaddress: address,
    netmask: netmaskOf(prefix),
    gateway,
    mtu: row.public_mtu,
    broadcasturi: 'vlan://untagged',
    isolationuri: 'vlan://untagged',
  };
  return [control, guest, outside];
}

/** One health check as the API shows it. */
export function healthCheckResponse(check: HealthCheck) {
  return {
    checkname: check.name,
    checktype: check.type,
    success: check.success,
    status: check.success ? 'SUCCESS' : 'FAILED',
    lastupdated: new Date(check.at),
    details: check.detail,
  };
}
