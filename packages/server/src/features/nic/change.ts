import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import type { InstanceRow, NicRow } from '../../store/schema.ts';
import { lockInstance } from '../instance/repository.ts';

/** Refuses (431) to change the NICs of an instance that neither runs nor is stopped, or that is being moved or is going away. */
export function requireStill(instance: InstanceRow): void {
  const { name, state, desired_state: desired } = instance;
  if ((state !== 'Running' && state !== 'Stopped') || state !== desired)
    throw refused(
      `The network interfaces of instance ${name} cannot be changed: it is ${state}, not Running or Stopped`,
    );
  if (instance.migration_target !== null)
    throw refused(`Instance ${name} is being moved to another host`);
}

/** NICs of an instance that are not on their way out, by device. */
export async function standingNics(call: Call, instance: InstanceRow): Promise<NicRow[]> {
  return call.tx
    .selectFrom('nics')
    .selectAll()
    .where('instance_id', '=', instance.id)
    .where('state', '<>', 'Revoke')
    .where('plug', 'is distinct from', 'Out')
    .orderBy('device')
    .execute();
}

/** The standing NIC of the instance that `nicid` names, and the others. 431 when it has none of that id. */
export async function namedNic(
  call: Call,
  instance: InstanceRow,
  id: string,
): Promise<{ readonly nic: NicRow; readonly others: readonly NicRow[] }> {
  const nics = await standingNics(call, instance);
  const named = await call.tx
    .selectFrom('nics')
    .select('id')
    .where(identified(id))
    .where('instance_id', '=', instance.id)
    .executeTakeFirst();
  const nic = nics.find(one => one.id === named?.id);
  if (nic === undefined) throw unknownId(call, { parameter: 'nicid', id });
  return { nic, others: nics.filter(one => one !== nic) };
}

/** The instance of the standing NIC that `id` names, locked, and the NIC. 431 when there is none, 531 when it is a stranger's. */
export async function lockNicOf(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<{ readonly instance: InstanceRow; readonly nic: NicRow }> {
  const found = await call.tx
    .selectFrom('nics')
    .select(['id', 'instance_id'])
    .where(identified(named.id))
    .executeTakeFirst();
  if (found === undefined) throw unknownId(call, named);
  const instance = await lockInstance(call, { ...named, id: found.instance_id });
  requireStill(instance);
  const nic = (await standingNics(call, instance)).find(one => one.id === found.id);
  if (nic === undefined) throw unknownId(call, named);
  return { instance, nic };
}

/** A running instance gets the NICs of its rows: raises its generation, which is waited for. */
export async function adjust(call: Call, { id, generation }: InstanceRow): Promise<Intent> {
  await call.tx
    .updateTable('instances')
    .set({ generation: generation + 1, last_updated: new Date() })
    .where('id', '=', id)
    .execute();
  return {
    object: { type: 'VirtualMachine', id },
    waits: { kind: 'instance', id, generation: generation + 1 },
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
