import type { ResultOf } from '@isola/api';
import { tagResponse } from '../tag/load.ts';
import type { ShownRule } from './repository.ts';

type RuleEntity = ResultOf<'createFirewallRule'>;

/** A firewall or egress rule as the API shows it. */
export function firewallRuleResponse(row: ShownRule): RuleEntity {
  return {
    id: row.id,
    protocol: row.protocol,
    startport: row.first_port ?? undefined,
    endport: row.last_port ?? undefined,
    icmptype: row.icmp_type ?? undefined,
    icmpcode: row.icmp_code ?? undefined,
    cidrlist: row.sources.join(','),
    networkid: row.network_id,
    traffictype: row.traffic_type,
    state: ruleState(row.state),
    fordisplay: row.display,
    tags: (row.tags ?? []).map(tagResponse),
    ...(row.destinations.length === 0 ? {} : { destcidrlist: row.destinations.join(',') }),
    ...(row.public_address_id === null
      ? {}
      : { ipaddressid: row.public_address_id, ipaddress: row.address ?? undefined }),
  };
}

/** CloudStack's word for the state of a rule. */
export function ruleState(state: ShownRule['state']): string {
  return state === 'Revoke' ? 'Deleting' : state;
}
