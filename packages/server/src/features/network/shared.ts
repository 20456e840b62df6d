import type { ParamsOf } from '@isola/api';
import {
  cidrContains,
  cidrOf,
  formatCidr,
  formatIpv4,
  IsolaError,
  ipv4,
  parseNetmask,
  rangeOf,
} from '@isola/model';
import { ownerOf, visibleDomain } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { AccountRow, DomainRow, NewRow } from '../../store/schema.ts';
import { heldDomain } from '../domain/held.ts';

type Request = ParamsOf<'createNetwork'>;

/** Whose a network is, and who else may use it. */
export interface Access {
  readonly owner: { readonly account: AccountRow; readonly domain: DomainRow };
  readonly acl_type: 'Account' | 'Domain';
  readonly subdomain_access: boolean;
}

/** Whose a new shared network is: of one account, or (as when nothing is said) of a domain and those below it. */
export async function sharedAccess(call: Call, params: Request): Promise<Access> {
  if (call.caller.account.role !== 'Root Admin')
    throw new IsolaError('not_permitted', {
      reason: 'Only the root administrator may create shared networks',
    });
  const account = params.acltype?.toLowerCase() === 'account';
  if (account || (params.acltype === undefined && params.account !== undefined)) {
    if (params.subdomainaccess === true)
      throw refused('subdomainaccess is for networks of acltype Domain');
    return { owner: await ownerOf(call, params), acl_type: 'Account', subdomain_access: false };
  }
  if (params.account !== undefined)
    throw refused('account cannot be given for a network of acltype Domain');
  const domain =
    params.domainid === undefined
      ? call.caller.domain
      : await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  await heldDomain(call, domain);
  return {
    owner: { account: call.caller.account, domain },
    acl_type: 'Domain',
    subdomain_access: params.subdomainaccess ?? true,
  };
}

type SharedRange = Pick<
  NewRow<'networks'>,
  'cidr' | 'gateway' | 'first_address' | 'last_address' | 'router_address'
>;

const shortestPrefix = 8;
const longestPrefix = 30;

/** The operator's addresses: gateway, netmask, and the range that instances and the network's router get theirs from. */
export function sharedRange(params: Request): SharedRange {
  const { gateway, netmask, startip, endip = startip, routerip = startip } = params;
  if (
    gateway === undefined ||
    netmask === undefined ||
    startip === undefined ||
    endip === undefined ||
    routerip === undefined
  )
    throw refused('a shared network needs startip, gateway and netmask');
  const prefix = parseNetmask(netmask);
  if (prefix === null || prefix < shortestPrefix || prefix > longestPrefix)
    throw refused(
      `netmask ${netmask} is not that of a shared network: /${shortestPrefix} to /${longestPrefix}`,
    );
  const block = cidrOf(ipv4(gateway), prefix);
  const whole = rangeOf(block);
  const named = { gateway, startip, endip, routerip };
  for (const [name, text] of Object.entries(named)) {
    const address = ipv4(text);
    if (!cidrContains(block, address) || address === whole.first || address === whole.last)
      throw refused(`${name} ${text} is not an address of a host in ${formatCidr(block)}`);
  }
  const [first, last] = [ipv4(startip), ipv4(endip)];
  if (first > last) throw refused(`startip ${startip} is behind endip ${endip}`);
  if (ipv4(gateway) >= first && ipv4(gateway) <= last)
    throw refused(`gateway ${gateway} is in the range ${startip}-${endip}`);
  if (ipv4(routerip) === ipv4(gateway)) throw refused(`routerip ${routerip} is the gateway`);
  return {
    cidr: formatCidr(block),
    gateway: formatIpv4(ipv4(gateway)),
    first_address: formatIpv4(first),
    last_address: formatIpv4(last),
    router_address: formatIpv4(ipv4(routerip)),
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
