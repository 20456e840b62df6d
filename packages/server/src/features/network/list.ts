import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import type { Database } from '../../store/schema.ts';
import { parseServiceName } from '../network-offering/services.ts';
import { hasTags } from '../tag/filter.ts';
import { selectNetworks } from './repository.ts';
import { usableBy } from './usable.ts';

type Filters = ParamsOf<'listNetworks'>;

/** The networks that a caller may see and asks for, without order and page. */
export async function filteredNetworks(call: Call, params: Filters) {
  let query = selectNetworks(call.tx)
    .where(await visible(call, params))
    .where(hasTags('Network', params.tags));
  if (excludesAll(params)) query = query.where(sql<boolean>`false`);
  if (params.type !== undefined)
    query = query.where(sql<boolean>`lower(networks.guest_type) = lower(${params.type})`);
  if (params.acltype !== undefined)
    query = query.where(sql<boolean>`lower(networks.acl_type) = lower(${params.acltype})`);
  if (params.networkfilter !== undefined) query = query.where(ofFilter(params.networkfilter));
  if (params.id !== undefined) query = query.where(identified(params.id, 'networks'));
  if (params.networkofferingid !== undefined)
    query = query.where(identified(params.networkofferingid, 'network_offerings'));
  if (params.physicalnetworkid !== undefined)
    query = query.where(identified(params.physicalnetworkid, 'physical_networks'));
  if (params.zoneid !== undefined) query = query.where(identified(params.zoneid, 'zones'));
  if (params.name !== undefined) query = query.where('networks.name', '=', params.name);
  if (params.keyword !== undefined)
    query = query.where(containing('networks.name', params.keyword));
  if (params.displaynetwork !== undefined)
    query = query.where('networks.display_network', '=', params.displaynetwork);
  if (params.canusefordeploy !== undefined)
    query = query.where('networks.desired_state', params.canusefordeploy ? '<>' : '=', 'Destroyed');
  if (params.restartrequired !== undefined)
    query = query.where('networks.failure', params.restartrequired ? 'is not' : 'is', null);
  if (params.specifyipranges !== undefined)
    query = query.where('network_offerings.specify_ip_ranges', '=', params.specifyipranges);
  if (params.vlan !== undefined) {
    const tag = params.vlan.replace(/^vx?lan:\/\//i, '');
    query = query.where(
      sql<boolean>`coalesce(networks.vlan, networks.requested_vlan)::text = ${tag}`,
    );
  }
  for (const text of params.supportedservices ?? []) {
    const service = parseServiceName(text);
    if (service === null)
      throw new IsolaError('refused_value', { reason: `Invalid service name ${text}` });
    query = query.where(sql<boolean>`jsonb_exists(network_offerings.services, ${service})`);
  }
  return query;
}

/** Whether a filter asks for a kind of network that does not exist. */
function excludesAll(params: Filters): boolean {
  return (
    (params.traffictype !== undefined && params.traffictype.toLowerCase() !== 'guest') ||
    params.forvpc === true ||
    params.issystem === true
  );
}

/** CloudStack's `networkfilter`: whose networks. */
function ofFilter(filter: string): Expression<SqlBool> {
  switch (filter.toLowerCase()) {
    case 'account':
      return sql<SqlBool>`networks.acl_type = 'Account'`;
    case 'domain':
      return sql<SqlBool>`networks.acl_type = 'Domain'`;
    case 'shared':
      return sql<SqlBool>`networks.guest_type = 'Shared'`;
    default:
      return sql<SqlBool>`true`;
  }
}

/** Networks in the scope. One account, and an administrator who asks for everything, see those they may use, too. */
async function visible(call: Call, params: Filters): Promise<Expression<SqlBool>> {
  const scope = await listScope(call, params);
  const within = inScope(scope, 'networks')(expressionBuilder<Database, 'networks'>());
  if (params.domainid !== undefined && params.account === undefined) return within;
  if (scope.accountIds === null) {
    if (scope.within === null) return within;
    return sql<SqlBool>`(${within} or ${usableBy(call.caller)})`;
  }
  const [only, ...others] = scope.accountIds;
  if (only === undefined || others.length > 0) return within;
  return usableBy(only === call.caller.account.id ? call.caller : await guestOf(call, only));
}

async function guestOf(call: Call, id: string) {
  const { path } = await call.tx
    .selectFrom('accounts')
    .innerJoin('domains', 'domains.id', 'accounts.domain_id')
    .select('domains.path')
    .where('accounts.id', '=', id)
    .executeTakeFirstOrThrow();
  return { account: { id }, domain: { path } };
}
