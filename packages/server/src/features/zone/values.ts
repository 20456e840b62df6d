import { cidr, formatCidr, IsolaError } from '@isola/model';
import { isPrivateBlock } from '../network/ranges.ts';

/** Addresses of a network that does not name its own, and whose zone does not either. */
export const defaultGuestCidr = '10.1.1.0/24';
/** Suffix of names where neither network, owner nor zone has one. */
export const defaultDomain = 'isola.internal';

const longestName = 255;
const longestGuestPrefix = 24;

/** A name without blanks around it. 431 for an empty or too long one. */
export function checkedName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > longestName)
    throw refused(`name must have 1 to ${longestName} characters`);
  return name;
}

/** Guest addresses of a zone in canonical form. 431 when they are not private or no network fits into them. */
export function checkedGuestCidr(text: string): string {
  const block = cidr(text);
  if (!isPrivateBlock(block))
    throw refused(`guestcidraddress ${text} is not private: use RFC 1918 or RFC 6598 addresses`);
  if (block.prefix > longestGuestPrefix)
    throw refused(`guestcidraddress ${text} has no room for a network of 256 addresses`);
  return formatCidr(block);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
