import type { NewRow } from '../../store/schema.ts';
import { routerServicesOf } from './services.ts';

/** CloudStack's shipped network offerings that Isola can serve, with the services it has. Outgoing traffic is denied until rules allow it. */
export const defaultOfferings: readonly NewRow<'network_offerings'>[] = [
  {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    display_text: 'Offering for Isolated networks with Source Nat service enabled',
    guest_ip_type: 'Isolated',
    state: 'Enabled',
    availability: 'Required',
    is_default: true,
    services: JSON.stringify(
      routerServicesOf(['Dhcp', 'Dns', 'Firewall', 'PortForwarding', 'SourceNat', 'StaticNat']),
    ),
    egress_default_allow: false,
    conserve_mode: true,
    specify_vlan: false,
    is_persistent: false,
  },
  {
    name: 'DefaultIsolatedNetworkOffering',
    display_text: 'Offering for Isolated networks with no Source Nat service',
    guest_ip_type: 'Isolated',
    state: 'Enabled',
    is_default: true,
    services: JSON.stringify(routerServicesOf(['Dhcp', 'Dns'])),
    egress_default_allow: false,
    conserve_mode: true,
    specify_vlan: true,
    is_persistent: false,
  },
  {
    name: 'DefaultSharedNetworkOffering',
    display_text: 'Offering for Shared networks',
    guest_ip_type: 'Shared',
    state: 'Enabled',
    is_default: true,
    services: JSON.stringify(routerServicesOf(['Dhcp', 'Dns'])),
    egress_default_allow: true,
    conserve_mode: true,
    specify_vlan: true,
    specify_ip_ranges: true,
    is_persistent: false,
  },
  ...[false, true].map(specifyVlan => ({
    name: specifyVlan ? 'DefaultL2NetworkOfferingVlan' : 'DefaultL2NetworkOffering',
    display_text: `Offering for L2 networks${specifyVlan ? ' with a VLAN of choice' : ''}`,
    guest_ip_type: 'L2' as const,
    state: 'Enabled',
    is_default: true,
    services: '{}',
    egress_default_allow: true,
    conserve_mode: true,
    specify_vlan: specifyVlan,
    is_persistent: false,
  })),
];
