import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { parseServiceName } from '../network-offering/services.ts';
import { hasTags } from '../tag/filter.ts';
import { selectNetworks } from './repository.ts';

type Filters = ParamsOf<'listNetworks'>;

/** The networks that a caller may see and asks for, without order and page. */
export async function filteredNetworks(call: Call, params: Filters) {
  const scope = await listScope(call, params);
  let query = selectNetworks(call.tx)
    .where(inScope(scope, 'networks'))
    .where(hasTags('Network', params.tags));
  if (excludesAll(params)) query = query.where(sql<boolean>`false`);
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

/** Whether a filter asks for a kind of network that does not exist: all are isolated guest networks of an account. */
function excludesAll(params: Filters): boolean {
  const differs = (value: string | undefined, only: string) =>
    value !== undefined && value.toLowerCase() !== only;
  return (
    differs(params.type, 'isolated') ||
    differs(params.traffictype, 'guest') ||
    differs(params.acltype, 'account') ||
    params.forvpc === true ||
    params.issystem === true ||
    ['domain', 'shared'].includes(params.networkfilter?.toLowerCase() ?? '')
  );
}
