import type { ParamsOf } from '@isola/api';
import { type SqlBool, sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { hasFailedChecks } from './health.ts';
import { selectRouters } from './repository.ts';

/** The routers that a caller may see and asks for, without order and page. They belong to the owner of their network. */
export async function filteredRouters(call: Call, params: ParamsOf<'listRouters'>) {
  const scope = await listScope(call, params);
  let query = selectRouters(call.tx).where(inScope(scope, 'networks'));
  if (params.forvpc === true) query = query.where(sql<SqlBool>`false`);
  if (params.id !== undefined) query = query.where(identified(params.id, 'routers'));
  if (params.name !== undefined) query = query.where('routers.name', '=', params.name);
  if (params.keyword !== undefined) query = query.where(containing('routers.name', params.keyword));
  if (params.state !== undefined)
    query = query.where(sql<SqlBool>`lower(routers.state) = lower(${params.state})`);
  if (params.version !== undefined)
    query = query.where(sql<SqlBool>`left(routers.image, 12) = ${params.version}`);
  if (params.healthchecksfailed !== undefined)
    query = query.where(
      params.healthchecksfailed ? hasFailedChecks : sql<SqlBool>`not ${hasFailedChecks}`,
    );
  if (params.networkid !== undefined) query = query.where(identified(params.networkid, 'networks'));
  if (params.zoneid !== undefined) query = query.where(identified(params.zoneid, 'zones'));
  if (params.podid !== undefined) query = query.where(identified(params.podid, 'pods'));
  if (params.hostid !== undefined) query = query.where(identified(params.hostid, 'hosts'));
  if (params.clusterid !== undefined) query = query.where(identified(params.clusterid, 'clusters'));
  return query;
}
