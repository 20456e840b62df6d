import type { ParamsOf } from '@isola/api';
import { sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { hasTags } from '../tag/filter.ts';
import { selectAddresses } from './repository.ts';

type Filters = ParamsOf<'listPublicIpAddresses'>;

/** The addresses that a caller may see and asks for, without order and page. Free ones belong to nobody: everybody may see them. */
export async function filteredAddresses(call: Call, params: Filters) {
  const scope = inScope(await listScope(call, params), 'public_addresses');
  const wantsFree = params.allocatedonly === false || params.state?.toLowerCase() === 'free';
  let query = selectAddresses(call.tx).where(hasTags('PublicIpAddress', params.tags));
  query = wantsFree
    ? query.where(eb => eb.or([eb('public_addresses.state', '=', 'Free'), scope(eb)]))
    : query.where('public_addresses.state', '<>', 'Free').where(scope);
  // All public addresses are for guest networks; none load balances, is kept for others, or has a network row of its own.
  if (
    params.forvirtualnetwork === false ||
    params.networkid !== undefined ||
    params.forloadbalancing === true ||
    params.forprovider === true ||
    params.forsystemvms === true
  )
    query = query.where(sql<boolean>`false`);
  if (params.id !== undefined) query = query.where(identified(params.id, 'public_addresses'));
  if (params.associatednetworkid !== undefined)
    query = query.where(() => isNetwork(params.associatednetworkid ?? ''));
  if (params.zoneid !== undefined) query = query.where(identified(params.zoneid, 'zones'));
  if (params.vlanid !== undefined) query = query.where(identified(params.vlanid, 'public_ranges'));
  if (params.physicalnetworkid !== undefined) {
    const id = params.physicalnetworkid;
    query = query.where(
      sql<boolean>`public_ranges.physical_network_id in (select id from physical_networks where ${identified(id)})`,
    );
  }
  if (params.ipaddress !== undefined)
    query = query.where('public_addresses.address', '=', params.ipaddress);
  if (params.keyword !== undefined)
    query = query.where(containing('public_addresses.address', params.keyword));
  if (params.state !== undefined)
    query = query.where(sql<boolean>`lower(public_addresses.state) = lower(${params.state})`);
  if (params.issourcenat !== undefined)
    query = query.where('public_addresses.is_source_nat', '=', params.issourcenat);
  if (params.isstaticnat !== undefined)
    query = query.where(
      'public_addresses.static_nat_nic_id',
      params.isstaticnat ? 'is not' : 'is',
      null,
    );
  if (params.fordisplay !== undefined)
    query = query.where('public_addresses.display', '=', params.fordisplay);
  return query;
}

function isNetwork(id: string) {
  return sql<boolean>`public_addresses.network_id in (select id from networks where ${identified(id)})`;
}
