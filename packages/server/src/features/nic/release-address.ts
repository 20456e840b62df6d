import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { InstanceRow, NicRow } from '../../store/schema.ts';
import { setting } from '../setting/value.ts';

/** The generation of an instance at which its host no longer lets an address through; `null` when nothing of it runs. */
export function releaseGeneration({ state, generation }: InstanceRow): number | null {
  return state === 'Running' ? generation + 1 : null;
}

/** A NIC may have its own address back before its host let go of it. */
export async function takeBack(tx: Db, nic: NicRow, address: string | undefined): Promise<void> {
  if (address === undefined) return;
  await tx
    .deleteFrom('nic_addresses')
    .where('nic_id', '=', nic.id)
    .where('address', '=', address)
    .where('release_generation', 'is not', null)
    .execute();
}

/** Keeps the first address that a NIC had from others until the host has applied the generation. 431 when too many wait already. */
export async function keepUntil(call: Call, nic: NicRow, generation: number): Promise<void> {
  if (nic.address === null) return;
  const { waiting } = await call.tx
    .selectFrom('nic_addresses')
    .select(eb => eb.fn.countAll<number>().as('waiting'))
    .where('nic_id', '=', nic.id)
    .where('release_generation', 'is not', null)
    .executeTakeFirstOrThrow();
  // A host that is away must not let its guest take a whole network.
  const most = await setting(call.tx, 'vm.network.nic.max.secondary.ipaddresses');
  if (Number(waiting) >= most)
    throw new IsolaError('refused_value', {
      reason: `The host has not let go of ${waiting} earlier addresses of the network interface yet: try again later`,
    });
  await call.tx
    .insertInto('nic_addresses')
    .values({
      nic_id: nic.id,
      network_id: nic.network_id,
      address: nic.address,
      release_generation: generation,
    })
    .execute();
}

/** An instance is as its generation asked: addresses that its host let go of are free. */
export async function freeReleased(
  tx: Db,
  { id, generation }: Pick<InstanceRow, 'id' | 'generation'>,
): Promise<void> {
  await tx
    .deleteFrom('nic_addresses')
    .where('nic_id', 'in', query =>
      query.selectFrom('nics').select('id').where('instance_id', '=', id),
    )
    .where('release_generation', '<=', generation)
    .execute();
}
