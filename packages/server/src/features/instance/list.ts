import type { ParamsOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import { placementFilters } from '../../access/placement.ts';
import type { Call } from '../../http/call.ts';
import { hasTags } from '../tag/filter.ts';
import { selectInstances } from './repository.ts';
import { type DetailPart, detailParts } from './response.ts';

type Filters = ParamsOf<'listVirtualMachines'>;

/** The instances that a caller may see and asks for, without order and page. */
export async function filteredInstances(call: Call, params: Filters) {
  const scope = await listScope(call, params);
  const place = placementFilters(call, params);
  let query = selectInstances(call.tx)
    .where(inScope(scope, 'instances'))
    .where(hasTags('UserVm', params.tags))
    .where(stateFilter(params.state, call.caller.account.role === 'User'));
  const ids = [...(params.id === undefined ? [] : [params.id]), ...(params.ids ?? [])];
  if (ids.length > 0) query = query.where(eb => eb.or(ids.map(id => identified(id, 'instances'))));
  if (params.name !== undefined) query = query.where('instances.name', '=', params.name);
  if (params.keyword !== undefined) query = query.where(namedLike(params.keyword));
  if (params.displayvm !== undefined)
    query = query.where('instances.display_vm', '=', params.displayvm);
  if (params.affinitygroupid !== undefined)
    query = query.where(sql<SqlBool>`exists (select 1 from affinity_group_instances m
      join affinity_groups on affinity_groups.id = m.group_id
      where m.instance_id = instances.id and ${identified(params.affinitygroupid, 'affinity_groups')})`);
  // None has any of these.
  if (
    [
      params.autoscalevmgroupid,
      params.backupofferingid,
      params.extensionid,
      params.isoid,
      params.securitygroupid,
      place.storageid,
    ].some(id => id !== undefined) ||
    params.leased === true
  )
    query = query.where(sql<SqlBool>`false`);
  if (params.forvirtualnetwork !== undefined)
    query = query.where(sql<SqlBool>`${params.forvirtualnetwork} = exists (select 1 from nics
      join networks on networks.id = nics.network_id
      join network_offerings on network_offerings.id = networks.offering_id
      where nics.instance_id = instances.id and network_offerings.guest_ip_type = 'Isolated')`);
  if (params.groupid !== undefined)
    query = query.where(identified(params.groupid, 'instance_groups'));
  if (params.haenable !== undefined)
    query = query.where('instances.ha_enabled', '=', params.haenable);
  if (params.hypervisor !== undefined)
    query = query.where(sql<SqlBool>`lower(templates.hypervisor) = lower(${params.hypervisor})`);
  if (params.keypair !== undefined)
    query = query.where(sql<SqlBool>`instances.key_pairs @> array[${params.keypair}]::text[]`);
  if (params.zoneid !== undefined) query = query.where(identified(params.zoneid, 'zones'));
  if (place.hostid !== undefined) query = query.where(identified(place.hostid, 'hosts'));
  if (params.userdataid !== undefined)
    query = query.where(identified(params.userdataid, 'user_data'));
  if (params.userid !== undefined) query = query.where(identified(params.userid, 'users'));
  if (params.templateid !== undefined)
    query = query.where(identified(params.templateid, 'templates'));
  if (params.serviceofferingid !== undefined)
    query = query.where(identified(params.serviceofferingid, 'service_offerings'));
  if (params.networkid !== undefined)
    query =
      query.where(sql<SqlBool>`exists (select 1 from nics join networks on networks.id = nics.network_id
      where nics.instance_id = instances.id and ${identified(params.networkid, 'networks')})`);
  if (place.podid !== undefined)
    query = query.where(sql<SqlBool>`exists (select 1 from pods
      where pods.id = hosts.pod_id and ${identified(place.podid, 'pods')})`);
  if (place.clusterid !== undefined)
    query = query.where(sql<SqlBool>`exists (select 1 from clusters
      where clusters.id = hosts.cluster_id and ${identified(place.clusterid, 'clusters')})`);
  return query;
}

/** `Present` is everything that is not destroyed. Tenants do not see what is destroyed unless they ask for it. */
function stateFilter(state: string | undefined, isTenant: boolean): Expression<SqlBool> {
  const present = sql<SqlBool>`instances.state not in ('Destroyed', 'Expunging')`;
  if (state === undefined) return isTenant ? present : sql<SqlBool>`true`;
  return state.toLowerCase() === 'present'
    ? present
    : sql<SqlBool>`lower(instances.state) = lower(${state})`;
}

/** Name, shown text or host name contains the text. */
function namedLike(text: string): Expression<SqlBool> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql<SqlBool>`(instances.name ilike ${pattern} or instances.display_name ilike ${pattern})`;
}

/** Parts of the answer that `details` asks for; all of them unless it names some. */
export function askedParts(details: readonly string[] | undefined): ReadonlySet<DetailPart> {
  const asked = new Set((details ?? ['all']).map(detail => detail.toLowerCase()));
  return new Set(detailParts.filter(part => asked.has('all') || asked.has(part)));
}
