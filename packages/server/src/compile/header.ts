import { cidr, formatCidr, type RouterHeader } from '@isola/model';
import { addressesOf } from '../features/network/addressed.ts';
import type { OfferingServices } from '../features/network-offering/services.ts';
import type { NetworkRow, RouterRow } from '../store/schema.ts';

/** The router whose configuration is compiled. */
export type CompiledRouter = Pick<
  RouterRow,
  'name' | 'control_address' | 'guest_mac' | 'public_mac'
>;

/** What the header says of a network: its row, its offering, its zone, its source NAT address. */
export interface HeaderSource {
  readonly network: Pick<
    NetworkRow,
    | 'id'
    | 'offering_id'
    | 'name'
    | 'cidr'
    | 'gateway'
    | 'router_address'
    | 'network_domain'
    | 'dns'
    | 'public_mtu'
    | 'private_mtu'
    | 'generation'
  >;
  readonly services: OfferingServices;
  readonly egressDefaultAllow: boolean;
  readonly zoneDns: readonly string[];
  readonly sourceNat: {
    readonly address: string;
    readonly gateway: string;
    readonly prefix: number;
  } | null;
}

const controlPrefix = 16;
const controlGateway = '169.254.0.1';

/** The part of a configuration that only full generations change. */
export function headerOf(source: HeaderSource, router: CompiledRouter): RouterHeader {
  const { network, services, sourceNat } = source;
  const addresses = addressesOf(network);
  return {
    name: router.name,
    control: { address: router.control_address, prefix: controlPrefix, gateway: controlGateway },
    guest: {
      address: network.router_address ?? addresses.gateway,
      cidr: formatCidr(cidr(addresses.cidr)),
      mac: router.guest_mac,
      mtu: network.private_mtu,
      ...(network.router_address === null ? {} : { gateway: addresses.gateway }),
    },
    public:
      sourceNat === null || router.public_mac === null
        ? null
        : {
            mac: router.public_mac,
            prefix: sourceNat.prefix,
            gateway: sourceNat.gateway,
            mtu: network.public_mtu,
          },
    sourceNat: sourceNat?.address ?? null,
    egressDefault: source.egressDefaultAllow ? 'allow' : 'deny',
    dhcp: services.Dhcp !== undefined,
    dns: services.Dns !== undefined,
    domain: network.network_domain.toLowerCase(),
    nameservers: [...(network.dns.length > 0 ? network.dns : source.zoneDns)],
  };
}
