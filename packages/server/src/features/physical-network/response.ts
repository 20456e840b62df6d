import type { ResultOf } from '@isola/api';
import { cidrOf, formatCidr, ipv4, netmaskOf } from '@isola/model';
import { derivedId } from '../../store/derived-id.ts';
import type { PhysicalNetworkRow, PublicRangeRow } from '../../store/schema.ts';
import { namesOf, routerServices, virtualRouter } from '../network-offering/services.ts';

interface PhysicalNetworkOfZone extends PhysicalNetworkRow {
  readonly zone: string;
}

/** A physical network as the API shows it. */
export function physicalNetworkResponse(
  network: PhysicalNetworkOfZone,
): ResultOf<'listPhysicalNetworks'>['items'][number] {
  return {
    id: network.id,
    name: network.name,
    zoneid: network.zone_id,
    zonename: network.zone,
    state: network.state,
    isolationmethods: network.isolation_method,
    broadcastdomainrange: 'ZONE',
    vlan: `${network.vlan_first}-${network.vlan_last}`,
  };
}

const trafficTypes = ['Guest', 'Public', 'Management'] as const;

/** What a physical network carries. */
export function trafficTypeResponses(
  physicalNetworkId: string,
): ResultOf<'listTrafficTypes'>['items'] {
  return trafficTypes.map(traffictype => ({
    id: derivedId('traffictype', physicalNetworkId, traffictype),
    traffictype,
    physicalnetworkid: physicalNetworkId,
  }));
}

/** The provider of every service, as each physical network has it. */
export function providerResponse(
  physicalNetworkId: string,
): ResultOf<'listNetworkServiceProviders'>['items'][number] {
  return {
    id: derivedId('provider', physicalNetworkId, virtualRouter),
    name: virtualRouter,
    physicalnetworkid: physicalNetworkId,
    servicelist: namesOf(routerServices),
    state: 'Enabled',
    canenableindividualservice: true,
  };
}

/** A service with the capabilities that routers have for it. */
export function serviceResponse(
  name: ReturnType<typeof namesOf>[number],
): ResultOf<'listSupportedNetworkServices'>['items'][number] {
  const capabilities = routerServices[name]?.capabilities ?? {};
  return {
    name,
    provider: [
      {
        name: virtualRouter,
        servicelist: namesOf(routerServices),
        state: 'Enabled',
        canenableindividualservice: true,
      },
    ],
    capability: Object.entries(capabilities).map(([capability, value]) => ({
      name: capability,
      value,
      canchooseservicecapability: false,
    })),
  };
}

/** A public range as the API shows it. */
export function vlanIpRangeResponse(
  range: PublicRangeRow,
): ResultOf<'listVlanIpRanges'>['items'][number] {
  const vlan = `vlan://${range.vlan}`;
  return {
    id: range.id,
    zoneid: range.zone_id,
    physicalnetworkid: range.physical_network_id,
    networkid: publicNetworkId(range.zone_id),
    vlan,
    description: vlan,
    gateway: range.gateway,
    netmask: netmaskOf(range.prefix),
    cidr: formatCidr(cidrOf(ipv4(range.gateway), range.prefix)),
    startip: range.first_address,
    endip: range.last_address,
    forvirtualnetwork: true,
    forsystemvms: false,
  };
}

/** The id of a zone's public network, which has no row of its own. */
export function publicNetworkId(zoneId: string): string {
  return derivedId('publicnetwork', zoneId);
}
