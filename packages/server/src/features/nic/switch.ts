import type { ParamsOf } from '@isola/api';
import type { Call, Intent } from '../../http/call.ts';
import { adjust, lockNicOf } from './change.ts';

/** Writes down whether a NIC is plugged in; that of a running instance is plugged in or out now. */
export async function switchNic(call: Call, params: ParamsOf<'updateVmNic'>): Promise<Intent> {
  const { instance, nic } = await lockNicOf(call, { parameter: 'nicid', id: params.nicid });
  const object = { type: 'Nic', id: nic.id };
  const enabled = params.enabled ?? true;
  if (enabled === nic.enabled) return { object, waits: null };
  await call.tx.updateTable('nics').set({ enabled }).where('id', '=', nic.id).execute();
  if (instance.state !== 'Running') return { object, waits: null };
  const { waits } = await adjust(call, instance);
  return { object, waits };
}
