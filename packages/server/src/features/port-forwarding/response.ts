import type { ResultOf } from '@isola/api';
import { ruleState } from '../firewall/response.ts';
import { tagResponse } from '../tag/load.ts';
import type { ShownForward } from './repository.ts';

/** A port forward as the API shows it: its ports are texts there. */
export function portForwardingRuleResponse(
  row: ShownForward,
): ResultOf<'createPortForwardingRule'> {
  return {
    id: row.id,
    protocol: row.protocol,
    publicport: String(row.public_first),
    publicendport: String(row.public_last),
    privateport: String(row.private_first),
    privateendport: String(row.private_last),
    ipaddressid: row.public_address_id,
    ipaddress: row.address,
    networkid: row.network_id,
    virtualmachineid: row.instance_id,
    virtualmachinename: row.instance_name,
    virtualmachinedisplayname: row.instance_display_name,
    vmguestip: row.target_address,
    cidrlist: '',
    state: ruleState(row.state),
    fordisplay: row.display,
    tags: (row.tags ?? []).map(tagResponse),
  };
}
