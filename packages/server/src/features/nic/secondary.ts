import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { InstanceRow, JobRow } from '../../store/schema.ts';
import { lockNetwork } from '../network/change.ts';
import { allocateGuestAddress } from '../network/guest-address.ts';
import { setting } from '../setting/value.ts';
import { adjust, lockNicOf } from './change.ts';
import { releaseGeneration, takeBack } from './release-address.ts';

const type = 'NicSecondaryIp';

/** Writes a further address of a NIC; of a running instance its host lets it through before the job ends. */
export async function addSecondary(call: Call, params: ParamsOf<'addIpToNic'>): Promise<Intent> {
  const { instance, nic } = await lockNicOf(call, { parameter: 'nicid', id: params.nicid });
  const network = await lockNetwork(call.tx, nic.network_id);
  await takeBack(call.tx, nic, params.ipaddress);
  const { held } = await call.tx
    .selectFrom('nic_addresses')
    .select(eb => eb.fn.countAll<number>().as('held'))
    .where('nic_id', '=', nic.id)
    .executeTakeFirstOrThrow();
  const most = await setting(call.tx, 'vm.network.nic.max.secondary.ipaddresses');
  if (Number(held) >= most)
    throw refused(
      `The network interface has ${held} further addresses, with those that its host has not let go of yet; ${most} are allowed (vm.network.nic.max.secondary.ipaddresses)`,
    );
  const { id } = await call.tx
    .insertInto('nic_addresses')
    .values({
      nic_id: nic.id,
      network_id: network.id,
      address: await allocateGuestAddress(call.tx, network, params.ipaddress),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { object: { type, id }, waits: await applied(call, instance) };
}

/**
 * Takes a further address away. It stays nobody else's until the host of a running instance lets it through no more. 431 while
 * rules lead to it.
 */
export async function removeSecondary(
  call: Call,
  params: ParamsOf<'removeIpFromNic'>,
): Promise<Intent> {
  const named = { parameter: 'id', id: params.id };
  const found = await call.tx
    .selectFrom('nic_addresses')
    .selectAll()
    .where(identified(params.id))
    .where('release_generation', 'is', null)
    .executeTakeFirst();
  if (found === undefined) throw unknownId(call, named);
  const { instance, nic } = await lockNicOf(call, { ...named, id: found.nic_id });
  await lockNetwork(call.tx, nic.network_id);
  const forward = await call.tx
    .selectFrom('port_forwarding_rules')
    .select('id')
    .where('nic_id', '=', nic.id)
    .where('guest_address', '=', found.address)
    .where('state', '<>', 'Revoke')
    .executeTakeFirst();
  if (forward !== undefined)
    throw refused(`Address ${found.address} is used by port forwarding rule ${forward.id}`);
  const nat = await call.tx
    .selectFrom('public_addresses')
    .select('address')
    .where('static_nat_nic_id', '=', nic.id)
    .where('static_nat_address', '=', found.address)
    .executeTakeFirst();
  if (nat !== undefined)
    throw refused(`Address ${found.address} is used by static NAT of ${nat.address}`);
  await releaseSecondary(call, instance, found.id);
  return { object: { type, id: found.id }, waits: await applied(call, instance) };
}

/** The address that a job added; only its id when it is gone since. */
export async function jobSecondary(db: Db, job: JobRow): Promise<ResultOf<'addIpToNic'>> {
  const id = job.object_id ?? '';
  const row = await db
    .selectFrom('nic_addresses')
    .innerJoin('nics', 'nics.id', 'nic_addresses.nic_id')
    .select([
      'nic_addresses.address as ipaddress',
      'nic_addresses.network_id as networkid',
      'nic_addresses.nic_id as nicid',
      'nics.instance_id as virtualmachineid',
    ])
    .where('nic_addresses.id', '=', id)
    .where('nic_addresses.release_generation', 'is', null)
    .executeTakeFirst();
  return { id, ...row };
}

async function releaseSecondary(call: Call, instance: InstanceRow, id: string): Promise<void> {
  const released = releaseGeneration(instance);
  await (released === null
    ? call.tx.deleteFrom('nic_addresses').where('id', '=', id).execute()
    : call.tx
        .updateTable('nic_addresses')
        .set({ release_generation: released })
        .where('id', '=', id)
        .where('release_generation', 'is', null)
        .execute());
}

async function applied(call: Call, instance: InstanceRow): Promise<Intent['waits']> {
  return instance.state === 'Running' ? (await adjust(call, instance)).waits : null;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
