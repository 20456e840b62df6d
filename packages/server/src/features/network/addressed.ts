import { type Cidr, cidr, cidrContains, IsolaError, ipv4, rangeOf } from '@isola/model';
import type { NetworkRow } from '../../store/schema.ts';

type Addressed = Pick<NetworkRow, 'name' | 'cidr' | 'gateway'>;

/** Block and gateway of a network. 431 for an L2 network, whose guests choose addresses themselves. */
export function addressesOf(network: Addressed): { cidr: string; gateway: string } {
  if (network.cidr === null || network.gateway === null)
    throw new IsolaError('refused_value', {
      reason: `Network ${network.name} is an L2 network: it has no addresses`,
    });
  return { cidr: network.cidr, gateway: network.gateway };
}

type Pooled = Addressed &
  Pick<NetworkRow, 'first_address' | 'last_address' | 'router_address' | 'vm_cidr'>;

/** The addresses that instances of a network may have: from `first` to `last`, without `reserved`. */
export interface GuestPool {
  readonly block: Cidr;
  readonly first: number;
  readonly last: number;
  readonly reserved: readonly number[];
}

/** The pool of a network. 431 for an L2 network. */
export function guestPool(network: Pooled): GuestPool {
  const addresses = addressesOf(network);
  const block = cidr(addresses.cidr);
  const whole = rangeOf(block);
  const part = network.vm_cidr === null ? whole : rangeOf(cidr(network.vm_cidr));
  const limits = [
    [whole.first + 1, whole.last - 1],
    [part.first, part.last],
    [
      network.first_address === null ? whole.first : ipv4(network.first_address),
      network.last_address === null ? whole.last : ipv4(network.last_address),
    ],
  ] as const;
  return {
    block,
    first: Math.max(...limits.map(([first]) => first)),
    last: Math.min(...limits.map(([, last]) => last)),
    reserved: [addresses.gateway, network.router_address].flatMap(text =>
      text === null ? [] : [ipv4(text)],
    ),
  };
}

/** Whether an instance may have the address, when nobody else has it. */
export function inPool(pool: GuestPool, address: number): boolean {
  const { block, first, last, reserved } = pool;
  return (
    cidrContains(block, address) &&
    address >= first &&
    address <= last &&
    !reserved.includes(address)
  );
}
