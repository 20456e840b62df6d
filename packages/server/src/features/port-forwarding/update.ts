import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import type { PortForwardingRuleRow } from '../../store/schema.ts';
import { addedState, beginChange, lockNetwork } from '../network/change.ts';
import { portRange, refuseUneven } from './ports.ts';
import { ownedForward } from './repository.ts';
import { guestTarget } from './target.ts';

type Request = ParamsOf<'updatePortForwardingRule'>;

/** Points a port forward elsewhere; its public side stays. */
export async function updateForward(call: Call, params: Request): Promise<Intent> {
  const found = await ownedForward(call, params.id);
  const object = { type: 'PortForwardingRule', id: found.id } as const;
  await lockNetwork(call.tx, found.network_id);
  const rule = await ownedForward(call, params.id);
  if (rule.state === 'Revoke')
    throw new IsolaError('refused_value', {
      reason: `Port forwarding rule ${rule.id} is being deleted`,
    });
  if (params.fordisplay !== undefined)
    await call.tx
      .updateTable('port_forwarding_rules')
      .set({ display: params.fordisplay })
      .where('id', '=', rule.id)
      .execute();
  const { privateport, privateendport, virtualmachineid, vmguestip } = params;
  if ([privateport, privateendport, virtualmachineid, vmguestip].every(one => one === undefined))
    return { object, waits: null };
  const change = await beginChange(call.tx, rule.network_id);
  const ports = privatePorts(params, rule);
  refuseUneven({ first: rule.public_first, last: rule.public_last }, ports);
  const target =
    virtualmachineid === undefined && vmguestip === undefined
      ? { nicId: rule.nic_id, secondary: rule.guest_address }
      : await guestTarget(call, change.network, {
          instanceId: virtualmachineid ?? (await instanceOf(call, rule)),
          guestAddress: vmguestip,
        });
  await call.tx
    .updateTable('port_forwarding_rules')
    .set({
      nic_id: target.nicId,
      guest_address: target.secondary,
      private_first: ports.first,
      private_last: ports.last,
      generation: change.generation,
      state: addedState(change),
    })
    .where('id', '=', rule.id)
    .execute();
  return { object, waits: change.waits };
}

/** A new first port without a last one keeps the length of the range. */
function privatePorts({ privateport, privateendport }: Request, rule: PortForwardingRuleRow) {
  if (privateport === undefined)
    return portRange('private', rule.private_first, privateendport ?? rule.private_last);
  const last = privateport + rule.private_last - rule.private_first;
  if (privateendport === undefined && last > 65_535)
    throw new IsolaError('refused_value', {
      reason: `privateport ${privateport} leaves no room for ${last - privateport + 1} ports`,
    });
  return portRange('private', privateport, privateendport ?? last);
}

async function instanceOf(call: Call, rule: PortForwardingRuleRow): Promise<string> {
  const nic = await call.tx
    .selectFrom('nics')
    .select('instance_id')
    .where('id', '=', rule.nic_id)
    .executeTakeFirstOrThrow();
  return nic.instance_id;
}
