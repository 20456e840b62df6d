import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { InstanceRow } from '../../store/schema.ts';
import { reserveResources } from '../resource-limit/reserve.ts';
import { stoppedInstance } from './access-commands.ts';
import { usableOffering } from './choose.ts';
import { homeOf } from './home.ts';

/** Gives a stopped instance another size, for which its owner must have room. */
export async function resizeInstance(
  call: Call,
  params: ParamsOf<'scaleVirtualMachine'>,
): Promise<InstanceRow> {
  const instance = await stoppedInstance(call, params.id);
  const { tx } = call;
  const next = await usableOffering(call, params.serviceofferingid, await homeOf(call, instance));
  if (next.id === instance.service_offering_id)
    throw new IsolaError('refused_value', {
      reason: `Instance ${instance.name} has service offering ${next.name} already`,
    });
  const before = await tx
    .selectFrom('service_offerings')
    .select(['cpu_number', 'memory_mib'])
    .where('id', '=', instance.service_offering_id)
    .executeTakeFirstOrThrow();
  await reserveResources(tx, instance, {
    cpu: next.cpu_number - before.cpu_number,
    memory: next.memory_mib - before.memory_mib,
  });
  await tx
    .updateTable('instances')
    .set({ service_offering_id: next.id, last_updated: new Date() })
    .where('id', '=', instance.id)
    .execute();
  return instance;
}
