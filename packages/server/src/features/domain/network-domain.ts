import { IsolaError } from '@isola/model';

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The suffix for host names as it is stored. 431 for one that is no domain name (RFC 1035 labels, 190 characters). */
export function checkedNetworkDomain(name: string): string {
  if (name.length <= 190 && name.split('.').every(part => label.test(part)))
    return name.toLowerCase();
  throw new IsolaError('refused_value', {
    reason:
      'networkdomain must be a domain name: labels of letters, digits and hyphens, joined by dots, 190 characters at most',
  });
}
