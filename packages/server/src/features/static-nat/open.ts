import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import { refuseConflict } from '../firewall/conflict.ts';
import { cidrsOf, matchOf } from '../firewall/match.ts';
import { insertRule } from '../firewall/repository.ts';
import { beginAddressChange, requireService } from '../public-address/change.ts';

/** Writes the firewall rule that an IP forwarding rule is. 431 for an address without static NAT. */
export async function openStaticNat(
  call: Call,
  params: ParamsOf<'createIpForwardingRule'>,
): Promise<Intent> {
  if (params.openfirewall === false)
    throw refused(
      'openfirewall=false: static NAT maps all ports already; the rule would change nothing',
    );
  const named = { parameter: 'ipaddressid', id: params.ipaddressid };
  const change = await beginAddressChange(call, named);
  requireService(change, 'Firewall');
  if (change.address.static_nat_nic_id === null)
    throw refused(`Public address ${change.address.address} does not have static NAT enabled`);
  const rule = {
    ...matchOf(params),
    network_id: change.network.id,
    public_address_id: change.address.id,
    sources: cidrsOf(params.cidrlist, ['0.0.0.0/0']),
    destinations: [],
    display: true,
    port_forward_id: null,
  };
  await refuseConflict(call.tx, rule);
  const id = await insertRule(call.tx, change, rule);
  return { object: { type: 'FirewallRule', id }, waits: change.waits };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
