import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { InstanceRow, RowPatch } from '../../store/schema.ts';
import { detailsOf } from '../account/details.ts';
import { groupNamed } from '../instance-group/repository.ts';
import { beginChange, lockNetwork } from '../network/change.ts';
import { osTypeOf } from '../template/register.ts';
import { requireFreeName, requireHostName } from './host-name.ts';
import { lockInstance } from './repository.ts';
import type { InstanceEntity } from './response.ts';
import { showInstance } from './show.ts';
import { givenUserData } from './user-data.ts';

type Params = ParamsOf<'updateVirtualMachine'>;

/** `updateVirtualMachine`. */
export async function updateInstance(call: Call, params: Params): Promise<InstanceEntity> {
  const instance = await lockInstance(call, { parameter: 'id', id: params.id });
  const patch: RowPatch<'instances'> = {
    ...(params.displayname === undefined ? {} : { display_name: params.displayname }),
    ...(params.displayvm === undefined ? {} : { display_vm: params.displayvm }),
    ...(params.group === undefined
      ? {}
      : { group_id: await groupNamed(call, instance, params.group) }),
    ...(params.deleteprotection === undefined
      ? {}
      : { delete_protection: params.deleteprotection }),
    ...(params.isdynamicallyscalable === undefined
      ? {}
      : { dynamically_scalable: params.isdynamicallyscalable }),
    ...(params.haenable === undefined ? {} : availability(instance, params.haenable)),
    ...(params.ostypeid === undefined ? {} : { os_type: osTypeOf(params.ostypeid) }),
    ...changedDetails(params),
    ...(await givenUserData(call, instance.account_id, params)),
    ...(params.name === undefined ? {} : { name: await newName(call, instance, params.name) }),
  };
  await call.tx
    .updateTable('instances')
    .set({ ...patch, last_updated: new Date() })
    .where('id', '=', instance.id)
    .execute();
  return showInstance(call.tx, instance.id, call.caller.account.role);
}

/** Its disk is made on storage that hosts share, or on none: that is decided at the first start. */
function availability(instance: InstanceRow, enabled: boolean): RowPatch<'instances'> {
  if (enabled !== instance.ha_enabled && (instance.last_host_id ?? instance.host_id) !== null)
    throw refused(
      `haenable of instance ${instance.name} cannot be changed: it has a disk already, whose place depends on it`,
    );
  return { ha_enabled: enabled };
}

function changedDetails({ cleanupdetails, details }: Params): RowPatch<'instances'> {
  if (cleanupdetails === true) return { details: '{}' };
  return details === undefined ? {} : { details: JSON.stringify(detailsOf(details)) };
}

/** Its networks answer to the new name at once; the guest has it after its next start. */
async function newName(call: Call, instance: InstanceRow, name: string): Promise<string> {
  requireHostName(name);
  if (name === instance.name) return name;
  const nics = await call.tx
    .selectFrom('nics')
    .select(['id', 'network_id'])
    .where('instance_id', '=', instance.id)
    .where('state', '<>', 'Revoke')
    .orderBy('network_id')
    .execute();
  for (const nic of nics) await lockNetwork(call.tx, nic.network_id);
  if (nics.length > 0)
    await requireFreeName(call, {
      name,
      networkIds: nics.map(nic => nic.network_id),
      instanceId: instance.id,
    });
  for (const nic of nics) {
    const change = await beginChange(call.tx, nic.network_id);
    if (!change.live) continue;
    await call.tx
      .updateTable('nics')
      .set({ generation: change.generation })
      .where('id', '=', nic.id)
      .execute();
    call.wake('network', nic.network_id);
  }
  return name;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
