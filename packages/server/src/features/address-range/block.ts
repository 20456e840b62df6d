import {
  cidrContains,
  cidrOf,
  cidrsOverlap,
  formatCidr,
  formatIpv4,
  IsolaError,
  ipv4,
  parseNetmask,
  rangeOf,
} from '@isola/model';

/** Addresses from `first` to `last` of the subnet of `gateway`. */
export interface AddressBlock {
  readonly gateway: string;
  readonly prefix: number;
  readonly first: string;
  readonly last: string;
}

export interface AskedBlock {
  readonly gateway: string;
  readonly netmask: string;
  readonly startip: string;
  readonly endip?: string | undefined;
}

/** Routers and hosts talk to each other with these. */
const linkLocal = { base: ipv4('169.254.0.0'), prefix: 16 };

/** The block that parameters name; one address when there is no `endip`. 431 for one that cannot be. */
export function checkedBlock(asked: AskedBlock): AddressBlock {
  const prefix = checkedPrefix(asked.netmask);
  const gateway = ipv4(asked.gateway);
  const first = ipv4(asked.startip);
  const last = ipv4(asked.endip ?? asked.startip);
  const subnet = cidrOf(gateway, prefix);
  for (const address of [first, last])
    if (!cidrContains(subnet, address))
      throw refused(`${formatIpv4(address)} is not in the subnet ${formatCidr(subnet)}`);
  const ends = rangeOf(subnet);
  for (const address of [gateway, first, last])
    if (address === ends.first || address === ends.last)
      throw refused(
        `${formatIpv4(address)} is the network or broadcast address of ${formatCidr(subnet)}`,
      );
  if (first > last)
    throw refused(`startip ${formatIpv4(first)} comes after endip ${formatIpv4(last)}`);
  if (gateway >= first && gateway <= last)
    throw refused(
      `The gateway ${formatIpv4(gateway)} is in the range ${formatIpv4(first)}-${formatIpv4(last)}`,
    );
  return {
    gateway: formatIpv4(gateway),
    prefix,
    first: formatIpv4(first),
    last: formatIpv4(last),
  };
}

/** As `checkedBlock`, where the hosts' own link-local addresses must stay free. */
export function checkedOutsideBlock(asked: AskedBlock): AddressBlock {
  const block = checkedBlock(asked);
  if (cidrsOverlap(subnetOf(block), linkLocal))
    throw refused(`${formatCidr(linkLocal)} is for the control network of the hosts`);
  return block;
}

/** Bits of a netmask that leaves room for two addresses. 431 for another. */
export function checkedPrefix(netmask: string): number {
  const prefix = parseNetmask(netmask);
  if (prefix === null || prefix < 8 || prefix > 30)
    throw refused(`netmask ${netmask} is not one of 255.0.0.0 to 255.255.255.252`);
  return prefix;
}

export function subnetOf({ gateway, prefix }: Pick<AddressBlock, 'gateway' | 'prefix'>) {
  return cidrOf(ipv4(gateway), prefix);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
