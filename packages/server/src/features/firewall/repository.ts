import { type SelectQueryBuilder, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { Database, FirewallRuleRow } from '../../store/schema.ts';
import { addedState, type NetworkChange } from '../network/change.ts';
import type { TagOfOwner } from '../tag/load.ts';
import { tagsColumn } from '../tag/select.ts';
import type { RuleCandidate } from './conflict.ts';

export type ShownRule = FirewallRuleRow & {
  readonly address: string | null;
  readonly tags: readonly TagOfOwner[] | null;
};
export type TrafficType = FirewallRuleRow['traffic_type'];

/** All firewall rules; callers add conditions and order. */
export function selectRules(db: Db): SelectQueryBuilder<Database, 'firewall_rules', ShownRule> {
  return db
    .selectFrom('firewall_rules')
    .selectAll('firewall_rules')
    .select([
      sql<
        string | null
      >`(select address from public_addresses where public_addresses.id = firewall_rules.public_address_id)`.as(
        'address',
      ),
      tagsColumn('FirewallRule'),
    ]);
}

/** A rule of that direction that the caller may act on. 431 when there is none of that id, 531 when it is a stranger's. */
export async function ownedRule(
  call: Call,
  id: string,
  trafficType: TrafficType,
): Promise<FirewallRuleRow> {
  const rule = await call.tx
    .selectFrom('firewall_rules')
    .selectAll()
    .where(identified(id))
    .where('traffic_type', '=', trafficType)
    .executeTakeFirst();
  if (rule === undefined) throw unknownId(call, { parameter: 'id', id });
  await requireOwner(call, rule, `firewall rule ${rule.id}`);
  return rule;
}

interface NewRule extends RuleCandidate {
  readonly display: boolean;
  /** The port forward that it comes and goes with. */
  readonly port_forward_id: string | null;
}

/** Writes a rule; returns its id. */
export async function insertRule(tx: Db, change: NetworkChange, rule: NewRule): Promise<string> {
  const row = await tx
    .insertInto('firewall_rules')
    .values({
      ...rule,
      sources: [...rule.sources],
      destinations: [...rule.destinations],
      account_id: change.network.account_id,
      domain_id: change.network.domain_id,
      traffic_type: rule.public_address_id === null ? 'Egress' : 'Ingress',
      generation: change.generation,
      state: addedState(change),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Takes a rule away: at once where there is no router, else as soon as the router has let go of it. */
export async function revokeRule(tx: Db, change: NetworkChange, id: string): Promise<void> {
  await (change.live
    ? tx
        .updateTable('firewall_rules')
        .set({ state: 'Revoke', generation: change.generation })
        .where('id', '=', id)
        .execute()
    : tx.deleteFrom('firewall_rules').where('id', '=', id).execute());
}
