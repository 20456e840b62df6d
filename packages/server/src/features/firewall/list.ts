import type { ParamsOf, ResultOf } from '@isola/api';
import { sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import { hasTags } from '../tag/filter.ts';
import { selectRules, type TrafficType } from './repository.ts';
import { firewallRuleResponse } from './response.ts';

/** The rules of a direction that a caller may see and asks for. A keyword is searched in protocols. */
export async function listRules(
  call: Call,
  params: ParamsOf<'listFirewallRules'>,
  trafficType: TrafficType,
): Promise<ResultOf<'listFirewallRules'>> {
  const scope = await listScope(call, params);
  let query = selectRules(call.tx)
    .where(inScope(scope, 'firewall_rules'))
    .where('firewall_rules.traffic_type', '=', trafficType)
    .where(hasTags('FirewallRule', params.tags));
  if (params.id !== undefined) query = query.where(identified(params.id, 'firewall_rules'));
  if (params.ipaddressid !== undefined)
    query = query.where(
      sql<boolean>`public_address_id in (select id from public_addresses where ${identified(params.ipaddressid)})`,
    );
  if (params.networkid !== undefined)
    query = query.where(
      sql<boolean>`network_id in (select id from networks where ${identified(params.networkid)})`,
    );
  if (params.fordisplay !== undefined)
    query = query.where('firewall_rules.display', '=', params.fordisplay);
  if (params.keyword !== undefined)
    query = query.where(containing('firewall_rules.protocol', params.keyword));
  const { count, rows } = await longPageOf(
    call,
    { query: query.orderBy('firewall_rules.seq'), key: 'firewall_rules.id' },
    params,
  );
  return { count, items: rows.map(firewallRuleResponse) };
}
