import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import { addedState } from '../network/change.ts';
import { beginAddressChange, requireService, requireUnshared } from '../public-address/change.ts';
import { openFirewall } from './open-firewall.ts';
import { portRange, refuseUneven } from './ports.ts';
import { refuseOverlap } from './repository.ts';
import { guestTarget, refuseOtherNetwork } from './target.ts';

/** Writes a port forward and, unless the caller does not want it, the firewall rule that opens its ports. */
export async function createForward(
  call: Call,
  params: ParamsOf<'createPortForwardingRule'>,
): Promise<Intent> {
  const publicPorts = portRange('public', params.publicport, params.publicendport);
  const privatePorts = portRange('private', params.privateport, params.privateendport);
  refuseUneven(publicPorts, privatePorts);
  const protocol = protocolOf(params.protocol);
  const change = await beginAddressChange(call, {
    parameter: 'ipaddressid',
    id: params.ipaddressid,
  });
  const { network, address, generation, waits } = change;
  requireService(change, 'PortForwarding');
  await refuseOtherNetwork(call, network, params.networkid);
  if (address.static_nat_nic_id !== null)
    throw refused(`Public address ${address.address} has static NAT enabled`);
  await requireUnshared(call, change, 'PortForwarding');
  const target = await guestTarget(call, network, {
    instanceId: params.virtualmachineid,
    guestAddress: params.vmguestip,
  });
  await refuseOverlap(call.tx, { addressId: address.id, protocol, ports: publicPorts });
  const { id } = await call.tx
    .insertInto('port_forwarding_rules')
    .values({
      network_id: network.id,
      public_address_id: address.id,
      account_id: network.account_id,
      domain_id: network.domain_id,
      nic_id: target.nicId,
      guest_address: target.secondary,
      protocol,
      public_first: publicPorts.first,
      public_last: publicPorts.last,
      private_first: privatePorts.first,
      private_last: privatePorts.last,
      display: params.fordisplay ?? true,
      generation,
      state: addedState(change),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (params.openfirewall !== false)
    await openFirewall(call.tx, change, { forwardId: id, protocol, ports: publicPorts });
  return { object: { type: 'PortForwardingRule', id }, waits };
}

function protocolOf(text: string): 'tcp' | 'udp' {
  const protocol = text.toLowerCase();
  if (protocol === 'tcp' || protocol === 'udp') return protocol;
  throw refused(`protocol ${text} cannot be forwarded by port: tcp and udp can`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
