import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import { placeInstance } from '../../reconciler/instance/place.ts';
import type { HostRow, InstanceRow } from '../../store/schema.ts';
import { hostInZone } from '../host/repository.ts';
import { lockInstance } from './repository.ts';

/** Writes down where a running instance is to move, and keeps room for it there. 431 for one that cannot move, 533 for a host that cannot take it. */
export async function migrateInstance(
  call: Call,
  params: ParamsOf<'migrateVirtualMachine'>,
): Promise<Intent> {
  const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
  const instance = await lockInstance(call, named);
  const source = await requireMovable(call, instance);
  if (params.hostid === undefined && params.autoselect === false)
    throw new IsolaError('missing_parameter', { command: call.command, parameter: 'hostid' });
  const asked =
    params.hostid === undefined ? null : await hostInZone(call, params.hostid, instance.zone_id);
  if (asked?.id === source.id)
    throw refused(`Instance ${instance.name} is on host ${source.name} already`);
  const target = await placeInstance(call.tx, instance, {
    moves: true,
    hostId: asked?.id ?? null,
    avoid: [source.id],
  });
  const generation = instance.generation + 1;
  await call.tx
    .updateTable('instances')
    .set({ migration_target: target.id, generation, last_updated: new Date() })
    .where('id', '=', instance.id)
    .execute();
  const { id } = instance;
  return {
    object: { type: 'VirtualMachine', id },
    waits: { kind: 'instance', id, generation },
  };
}

/** The host that the instance runs on. 431 unless it is a virtual machine that runs and stays so. */
async function requireMovable(call: Call, instance: InstanceRow): Promise<HostRow> {
  const { name, state, desired_state: desired, host_id: hostId } = instance;
  if (state !== 'Running' || desired !== 'Running' || hostId === null)
    throw refused(`Unable to migrate instance ${name}: it is ${state}, not Running`);
  if (instance.migration_target !== null)
    throw refused(`Instance ${name} is being moved to another host already`);
  const host = await call.tx
    .selectFrom('hosts')
    .selectAll()
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  if (host.hypervisor === 'LXC')
    throw refused(
      `Unable to migrate instance ${name}: containers (LXC) cannot be moved while they run; stop it, and start it with hostid`,
    );
  return host;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
