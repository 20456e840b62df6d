import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { ownerOf } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { InstanceRow, NetworkRow } from '../../store/schema.ts';
import { setGroups } from '../affinity-group/repository.ts';
import { beginChange, lockNetwork } from '../network/change.ts';
import { standingNics } from '../nic/change.ts';
import { insertNic } from '../nic/insert.ts';
import { requireNicCount } from '../nic/limit.ts';
import { requireNoRules } from '../nic/remove.ts';
import { holderOf, reserveResources } from '../resource-limit/reserve.ts';
import { stoppedInstance } from './access-commands.ts';
import { onlyNetwork, usableNetwork } from './choose.ts';
import { homeOf } from './home.ts';
import { requireFreeName } from './host-name.ts';
import type { InstanceEntity } from './response.ts';
import { showInstance } from './show.ts';

type Params = ParamsOf<'assignVirtualMachine'>;
type Owner = Awaited<ReturnType<typeof ownerOf>>;

/** `assignVirtualMachine`: the instance leaves the networks, groups and keys of its owner, and joins networks of the new one. */
export async function assignInstance(call: Call, params: Params): Promise<InstanceEntity> {
  if (params.account === undefined && params.projectid === undefined)
    throw new IsolaError('missing_parameter', { command: call.command, parameter: 'account' });
  const instance = await stoppedInstance(call, params.virtualmachineid, 'virtualmachineid');
  const owner = await ownerOf(call, params);
  if (owner.account.id === instance.account_id)
    throw refused(`Instance ${instance.name} belongs to account ${owner.account.name} already`);
  const networks = await networksOf(call, { instance, owner }, params.networkids ?? []);
  const left = await standingNics(call, instance);
  const all = [...left.map(nic => nic.network_id), ...networks.map(network => network.id)];
  for (const id of all.toSorted()) await lockNetwork(call.tx, id);
  for (const nic of left) await requireNoRules(call, nic);
  await requireFreeName(call, {
    name: instance.name,
    networkIds: networks.map(network => network.id),
    instanceId: instance.id,
  });
  await reserveSize(call, instance, owner);
  await leaveNetworks(call, instance);
  const held = holderOf(owner);
  await call.tx
    .updateTable('instances')
    .set({ ...held, group_id: null, user_data_id: null, key_pairs: [], last_updated: new Date() })
    .where('id', '=', instance.id)
    .execute();
  await call.tx.updateTable('volumes').set(held).where('instance_id', '=', instance.id).execute();
  await giveTags(call, instance, held);
  await setGroups(call.tx, instance.id, []);
  for (const [device, network] of networks.entries())
    await insertNic(call, { instance, network, device, isDefault: device === 0, plug: null });
  return showInstance(call.tx, instance.id, call.caller.account.role);
}

/** The networks of the new owner that it joins, each once. */
async function networksOf(
  call: Call,
  { instance, owner }: { readonly instance: InstanceRow; readonly owner: Owner },
  ids: readonly string[],
): Promise<NetworkRow[]> {
  const { zone } = await homeOf(call, instance);
  if (ids.length === 0) return [await onlyNetwork(call, { owner, zone })];
  const found = new Map<string, NetworkRow>();
  for (const id of ids) {
    const network = await usableNetwork(call, id, { owner, zone, parameter: 'networkids' });
    found.set(network.id, network);
  }
  requireNicCount(found.size);
  return [...found.values()];
}

async function reserveSize(call: Call, instance: InstanceRow, owner: Owner): Promise<void> {
  const size = await call.tx
    .selectFrom('service_offerings')
    .select(['cpu_number', 'memory_mib'])
    .where('id', '=', instance.service_offering_id)
    .executeTakeFirstOrThrow();
  await reserveResources(call.tx, holderOf(owner), {
    user_vm: 1,
    cpu: size.cpu_number,
    memory: size.memory_mib,
  });
}

/** What is tagged keeps its tags; listTags shows them to the new owner, no longer to the old one. */
async function giveTags(
  call: Call,
  { id }: InstanceRow,
  held: ReturnType<typeof holderOf>,
): Promise<void> {
  await call.tx
    .updateTable('tags')
    .set(held)
    .where(
      sql<SqlBool>`(resource_type = 'UserVm' and resource_id = ${id}) or (resource_type = 'Volume'
        and resource_id in (select id from volumes where instance_id = ${id}))`,
    )
    .execute();
}

/** Its NICs go once their networks have forgotten them; until then they have numbers that no NIC of the instance needs. */
async function leaveNetworks(call: Call, instance: InstanceRow): Promise<void> {
  for (const nic of await standingNics(call, instance)) {
    const change = await beginChange(call.tx, nic.network_id);
    if (change.live) {
      await call.tx
        .updateTable('nics')
        .set({ state: 'Revoke', generation: change.generation, device: -nic.seq })
        .where('id', '=', nic.id)
        .execute();
      call.wake('network', nic.network_id);
    } else await call.tx.deleteFrom('nics').where('id', '=', nic.id).execute();
  }
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
