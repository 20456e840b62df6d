import type { NewRow } from '../../store/schema.ts';
import type { OfferingServices } from './services.ts';

const router = (capabilities: Record<string, string> = {}) => ({
  provider: 'VirtualRouter',
  capabilities,
});

const naming: OfferingServices = { Dhcp: router(), Dns: router() };

/** The offerings that every installation has, by the names that scripts expect. */
export const defaultOfferings: readonly NewRow<'network_offerings'>[] = [
  offering('DefaultIsolatedNetworkOfferingWithSourceNatService', {
    text: 'Isolated networks with source NAT',
    availability: 'Required',
    services: {
      ...naming,
      Firewall: router(),
      SourceNat: router({ SupportedSourceNatTypes: 'peraccount' }),
      StaticNat: router(),
      PortForwarding: router(),
    },
    specifyVlan: false,
  }),
  offering('DefaultIsolatedNetworkOffering', {
    text: 'Isolated networks without source NAT',
    availability: 'Optional',
    services: naming,
    specifyVlan: true,
  }),
];

interface Choice {
  readonly text: string;
  readonly availability: string;
  readonly services: OfferingServices;
  readonly specifyVlan: boolean;
}

function offering(name: string, choice: Choice): NewRow<'network_offerings'> {
  return {
    name,
    display_text: choice.text,
    guest_ip_type: 'Isolated',
    state: 'Enabled',
    availability: choice.availability,
    is_default: true,
    services: JSON.stringify(choice.services),
    egress_default_allow: false,
    conserve_mode: true,
    specify_vlan: choice.specifyVlan,
    is_persistent: false,
    network_rate: null,
    service_offering_id: null,
    max_connections: null,
    tags: null,
  };
}
