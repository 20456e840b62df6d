import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { visibleDomain } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { ZoneRow } from '../../store/schema.ts';
import { heldDomain } from '../domain/held.ts';
import { checkedDomain, checkedServers } from '../network/values.ts';
import { insertZone } from './insert.ts';
import { checkedGuestCidr, checkedName, defaultDomain, defaultGuestCidr } from './values.ts';

/** Writes a new zone, which is disabled unless asked for otherwise. 431 for Basic ones. */
export async function createZone(call: Call, params: ParamsOf<'createZone'>): Promise<ZoneRow> {
  if (params.networktype.toLowerCase() !== 'advanced')
    throw refused(
      `networktype ${params.networktype} is not supported: zones are Advanced, and give every network a router of its own`,
    );
  if (params.securitygroupenabled === true)
    throw refused('securitygroupenabled: security groups are not supported');
  const domain =
    params.domainid === undefined
      ? null
      : await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  if (domain !== null) await heldDomain(call, domain);
  return insertZone(call.tx, {
    name: checkedName(params.name),
    dns: checkedServers(params.dns1, params.dns2),
    internal_dns: checkedServers(params.internaldns1, params.internaldns2),
    guest_cidr: checkedGuestCidr(params.guestcidraddress ?? defaultGuestCidr),
    network_domain: params.domain === undefined ? defaultDomain : checkedDomain(params.domain),
    allocation_state: params.allocationstate?.toLowerCase() === 'enabled' ? 'Enabled' : 'Disabled',
    domain_id: domain?.id ?? null,
    is_edge: params.isedge ?? false,
    local_storage: params.localstorageenabled ?? true,
  });
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
