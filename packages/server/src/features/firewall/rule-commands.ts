import type { ParamsOf, ResultOf } from '@isola/api';
import type { Call, Intent } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { JobRow } from '../../store/schema.ts';
import { beginChange, lockNetwork } from '../network/change.ts';
import { ownedRule, revokeRule, selectRules, type TrafficType } from './repository.ts';
import { firewallRuleResponse } from './response.ts';

/** Changes what is only shown of a rule. */
export async function updateRule(
  call: Call,
  params: ParamsOf<'updateFirewallRule'>,
  trafficType: TrafficType,
): Promise<Intent> {
  const { id } = await ownedRule(call, params.id, trafficType);
  if (params.fordisplay !== undefined)
    await call.tx
      .updateTable('firewall_rules')
      .set({ display: params.fordisplay })
      .where('id', '=', id)
      .execute();
  return { object: { type: 'FirewallRule', id }, waits: null };
}

/** Takes a rule away. Waits for the one who does, when it is being taken away already. */
export async function deleteRule(
  call: Call,
  params: ParamsOf<'deleteFirewallRule'>,
  trafficType: TrafficType,
): Promise<Intent> {
  const found = await ownedRule(call, params.id, trafficType);
  const object = { type: 'FirewallRule', id: found.id } as const;
  await lockNetwork(call.tx, found.network_id);
  const rule = await ownedRule(call, params.id, trafficType);
  if (rule.state === 'Revoke')
    return {
      object,
      waits: { kind: 'network', id: rule.network_id, generation: rule.generation },
    };
  const change = await beginChange(call.tx, rule.network_id);
  await revokeRule(call.tx, change, rule.id);
  return { object, waits: change.waits };
}

/** The rule that a job made or changed; only its id when it is gone since. */
export async function jobRule(db: Db, job: JobRow): Promise<ResultOf<'createFirewallRule'>> {
  const id = job.object_id ?? '';
  const row = await selectRules(db).where('firewall_rules.id', '=', id).executeTakeFirst();
  if (row === undefined) return { id };
  return firewallRuleResponse(row);
}
