import type { ParamsOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { withIds, withTexts } from '../zone/repository.ts';
import { selectHosts } from './repository.ts';

/** The hosts that are asked for, without page. */
export function filteredHosts(call: Call, params: ParamsOf<'listHosts'>) {
  let query = selectHosts(call.tx).orderBy('hosts.seq');
  for (const filter of filters(params)) query = query.where(filter);
  return query;
}

function filters(params: ParamsOf<'listHosts'>): Expression<SqlBool>[] {
  const wanted = [
    ...withIds({
      hosts: params.id,
      clusters: params.clusterid,
      pods: params.podid,
      zones: params.zoneid,
    }),
    ...withTexts({
      'hosts.name': params.name,
      'hosts.hypervisor': params.hypervisor,
      'hosts.state': params.state,
      'hosts.resource_state': params.resourcestate,
      'hosts.agent_version': params.version,
    }),
  ];
  if (params.keyword !== undefined) wanted.push(containing('hosts.name', params.keyword));
  // All hosts run instances, and none is kept for those of failed ones.
  if (params.hahost === true || (params.type ?? 'Routing').toLowerCase() !== 'routing')
    wanted.push(sql<SqlBool>`false`);
  if (params.managementserverid !== undefined)
    wanted.push(sql<SqlBool>`hosts.state = 'Up' and exists (select 1 from settings
      where name = 'isola.server.id' and value = ${params.managementserverid})`);
  return wanted;
}
