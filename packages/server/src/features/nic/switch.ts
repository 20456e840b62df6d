import type { ParamsOf } from '@isola/api';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import { lockInstance } from '../instance/repository.ts';
import { adjust, requireStill, standingNics } from './change.ts';

/** Writes down whether a NIC is plugged in; that of a running instance is plugged in or out now. */
export async function switchNic(call: Call, params: ParamsOf<'updateVmNic'>): Promise<Intent> {
  const named = { parameter: 'nicid', id: params.nicid };
  const found = await call.tx
    .selectFrom('nics')
    .select(['id', 'instance_id'])
    .where(identified(params.nicid))
    .executeTakeFirst();
  if (found === undefined) throw unknownId(call, named);
  const instance = await lockInstance(call, { ...named, id: found.instance_id });
  requireStill(instance);
  const nic = (await standingNics(call, instance)).find(one => one.id === found.id);
  if (nic === undefined) throw unknownId(call, named);
  const object = { type: 'Nic', id: nic.id };
  const enabled = params.enabled ?? true;
  if (enabled === nic.enabled) return { object, waits: null };
  await call.tx.updateTable('nics').set({ enabled }).where('id', '=', nic.id).execute();
  if (instance.state !== 'Running') return { object, waits: null };
  const { waits } = await adjust(call, instance);
  return { object, waits };
}
