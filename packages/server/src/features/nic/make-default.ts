import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import { lockInstance } from '../instance/repository.ts';
import { beginChange, type NetworkChange } from '../network/change.ts';
import { namedNic, requireStill } from './change.ts';

/** Writes down another default NIC. The networks of both tell it with the next lease; that of the new one is waited for. */
export async function makeDefaultNic(
  call: Call,
  params: ParamsOf<'updateDefaultNicForVirtualMachine'>,
): Promise<Intent> {
  const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
  const instance = await lockInstance(call, named);
  requireStill(instance);
  const { nic, others } = await namedNic(call, instance, params.nicid);
  if (nic.is_default)
    throw new IsolaError('refused_value', {
      reason: `It is the default network interface of instance ${instance.name} already`,
    });
  const changed = [nic, ...others.filter(other => other.is_default)];
  let awaited: NetworkChange | null = null;
  for (const one of changed.toSorted((a, b) => (a.network_id < b.network_id ? -1 : 1))) {
    const change = await beginChange(call.tx, one.network_id);
    await call.tx
      .updateTable('nics')
      .set({ is_default: one === nic, generation: change.generation })
      .where('id', '=', one.id)
      .execute();
    if (change.live) call.wake('network', one.network_id);
    if (one === nic) awaited = change;
  }
  return {
    object: { type: 'VirtualMachine', id: instance.id },
    waits: awaited?.waits ?? null,
  };
}
