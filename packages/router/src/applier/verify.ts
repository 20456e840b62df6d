import { cidr, IsolaError, ipv4, type RouterConfig, type RouterHeader } from '@isola/model';
import { compileElements, type Element } from '../nftables/elements.ts';
import { Refused } from '../refused.ts';

/** The elements of a whole configuration. Throws `Refused` when an address of it, or of the header, is none. */
export function verified(
  items: RouterConfig['collections'],
  header: RouterHeader,
): readonly Element[] {
  return refusing(() => {
    const { control, guest, public: side, sourceNat, nameservers } = header;
    const addresses = [control.address, control.gateway, guest.address, ...nameservers];
    if (side !== null) addresses.push(side.gateway);
    if (sourceNat !== null) addresses.push(sourceNat);
    for (const address of addresses) ipv4(address);
    cidr(guest.cidr);
    return compileElements(items, header);
  });
}

/** Does `work`; what the domain refuses is `Refused`. */
export function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof IsolaError ? new Refused(error.message) : error;
  }
}
