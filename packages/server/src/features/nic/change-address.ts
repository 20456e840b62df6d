import type { ParamsOf } from '@isola/api';
import type { Call, Intent } from '../../http/call.ts';
import { addedState, beginChange } from '../network/change.ts';
import { allocateGuestAddress } from '../network/guest-address.ts';
import { adjust, lockNicOf } from './change.ts';
import { keepUntil, releaseGeneration, takeBack } from './release-address.ts';

/** Gives a NIC another first address. The router hands it out, and the rules that lead to the NIC follow; further addresses stay. */
export async function changeAddress(
  call: Call,
  params: ParamsOf<'updateVmNicIp'>,
): Promise<Intent> {
  const { instance, nic } = await lockNicOf(call, { parameter: 'nicid', id: params.nicid });
  const object = { type: 'VirtualMachine', id: instance.id } as const;
  if (params.ipaddress === nic.address) return { object, waits: null };
  const change = await beginChange(call.tx, nic.network_id);
  const { generation } = change;
  await takeBack(call.tx, nic, params.ipaddress);
  const address = await allocateGuestAddress(call.tx, change.network, params.ipaddress);
  await call.tx
    .updateTable('nics')
    .set({ address, generation, state: addedState(change) })
    .where('id', '=', nic.id)
    .execute();
  const released = releaseGeneration(instance);
  if (released !== null) await keepUntil(call, nic, released);
  await call.tx
    .updateTable('port_forwarding_rules')
    .set({ generation })
    .where('nic_id', '=', nic.id)
    .where('guest_address', 'is', null)
    .where('state', '<>', 'Revoke')
    .execute();
  await call.tx
    .updateTable('public_addresses')
    .set({ generation })
    .where('static_nat_nic_id', '=', nic.id)
    .where('static_nat_address', 'is', null)
    .execute();
  if (change.live) call.wake('network', nic.network_id);
  if (instance.state === 'Running') return adjust(call, instance);
  return { object, waits: change.waits };
}
