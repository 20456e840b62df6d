import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { RuleMatch } from './match.ts';

/** A rule that is about to be made, on a public address or (egress) a network. */
export interface RuleCandidate extends RuleMatch {
  readonly network_id: string;
  readonly public_address_id: string | null;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
}

/**
 * Refuses (537) a rule that says what another one already says: same protocol, ports that overlap (or the same ICMP type and
 * code), and a CIDR that both name. The network must be locked.
 */
export async function refuseConflict(tx: Db, rule: RuleCandidate): Promise<void> {
  const first = rule.first_port ?? 1;
  const last = rule.last_port ?? 65535;
  const place =
    rule.public_address_id === null
      ? sql`network_id = ${rule.network_id} and traffic_type = 'Egress'`
      : sql`public_address_id = ${rule.public_address_id}`;
  const same = sql`${place} and state <> 'Revoke' and protocol = ${rule.protocol}
    and icmp_type is not distinct from ${rule.icmp_type} and icmp_code is not distinct from ${rule.icmp_code}
    and sources && ${textArray(rule.sources)}
    and (destinations && ${textArray(rule.destinations)} or (destinations = '{}' and ${rule.destinations.length === 0}))`;
  // Single ports are found by index; ranges, which are few, have an index of their own.
  const { rows } = await sql<{ id: string }>`
    (select id from firewall_rules where ${same} and first_port = last_port and first_port between ${first} and ${last} limit 1)
    union all
    (select id from firewall_rules where ${same} and first_port <> last_port
      and first_port <= ${last} and last_port >= ${first} limit 1)
    union all
    (select id from firewall_rules where ${same} and first_port is null limit 1)`.execute(tx);
  const other = rows[0];
  if (other !== undefined)
    throw new IsolaError('rule_conflict', {
      reason: `The new rule conflicts with rule ${other.id}: same protocol, and ports and CIDRs that both name`,
    });
}

function textArray(texts: readonly string[]) {
  return sql`${[...texts]}::text[]`;
}
