import { formatIpv4, IsolaError, ipv4 } from '@isola/model';

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const longestDomain = 190;

/** The domain in lower case. 431 when it is not a domain name. */
export function checkedDomain(text: string): string {
  const domain = text.toLowerCase();
  if (domain.length > longestDomain || !domain.split('.').every(part => label.test(part)))
    throw new IsolaError('refused_value', {
      reason: `networkdomain ${text} is not a domain name: labels of letters, digits and inner hyphens, ${longestDomain} characters in all`,
    });
  return domain;
}

/** DNS servers in canonical form, each once. 431 for what is not an address. */
export function checkedServers(...texts: readonly (string | undefined)[]): string[] {
  const servers = texts.flatMap(text => (text === undefined ? [] : [formatIpv4(ipv4(text))]));
  return [...new Set(servers)];
}
