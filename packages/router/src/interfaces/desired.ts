import { cidr, ipv4, type PublicAddress, type RouterHeader } from '@isola/model';
import { controlNic, guestNic, publicNic } from '../nftables/nics.ts';

export interface DesiredNic {
  readonly device: string;
  /** `10.1.1.1/24`. */
  readonly addresses: readonly string[];
  readonly mtu: number | null;
}

export interface DefaultRoute {
  readonly device: string;
  readonly gateway: string;
  readonly source: string;
}

export interface DesiredLinks {
  readonly nics: readonly DesiredNic[];
  readonly defaultRoute: DefaultRoute | null;
}

/** Addresses and routes of a router. The address that it speaks with itself is the source NAT one, else the lowest. */
export function desiredLinks(
  header: RouterHeader,
  publicAddresses: Iterable<PublicAddress>,
): DesiredLinks {
  const { control, guest } = header;
  const nics: DesiredNic[] = [
    { device: controlNic, addresses: [`${control.address}/${control.prefix}`], mtu: null },
    {
      device: guestNic,
      addresses: [`${guest.address}/${cidr(guest.cidr).prefix}`],
      mtu: guest.mtu,
    },
  ];
  const side = header.public;
  if (side === null)
    return {
      nics,
      defaultRoute:
        guest.gateway === undefined
          ? null
          : { device: guestNic, gateway: guest.gateway, source: guest.address },
    };
  const prefixes = new Map(
    [...publicAddresses].map(item => [item.address, item.prefix ?? side.prefix] as const),
  );
  const own = [...prefixes.keys()].toSorted(
    (a, b) => Number(b === header.sourceNat) - Number(a === header.sourceNat) || ipv4(a) - ipv4(b),
  );
  nics.push({
    device: publicNic,
    addresses: own.map(address => `${address}/${prefixes.get(address) ?? side.prefix}`),
    mtu: side.mtu,
  });
  const source = own[0];
  const defaultRoute =
    source === undefined ? null : { device: publicNic, gateway: side.gateway, source };
  return { nics, defaultRoute };
}
