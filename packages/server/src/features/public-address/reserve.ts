import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, ownerOf, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { PublicAddressRow } from '../../store/schema.ts';
import { holderOf, reserveResources } from '../resource-limit/reserve.ts';
import { requireFree } from './acquire.ts';
import { freeAddresses } from './free.ts';

/** Keeps a free address for an account; one that it has reserved already stays so. Returns its id. */
export async function reserveAddress(
  call: Call,
  params: ParamsOf<'reserveIpAddress'>,
): Promise<string> {
  const owner = await ownerOf(call, params);
  const address = await lockNamed(call, params.id);
  if (address.state === 'Reserved' && address.account_id === owner.account.id) return address.id;
  await requireFree(call.tx, address, holderOf(owner));
  await reserveResources(call.tx, holderOf(owner), { public_ip: 1 });
  await call.tx
    .updateTable('public_addresses')
    .set({
      state: 'Reserved',
      account_id: owner.account.id,
      domain_id: owner.domain.id,
      display: params.fordisplay ?? true,
      allocated: sql`now()`,
    })
    .where('id', '=', address.id)
    .execute();
  return address.id;
}

/** Gives a reserved address back. One that is free already is no error, as in CloudStack. */
export async function releaseReserved(call: Call, id: string): Promise<void> {
  const address = await lockNamed(call, id);
  if (address.account_id === null || address.domain_id === null) return;
  const owner = { account_id: address.account_id, domain_id: address.domain_id };
  await requireOwner(call, owner, `public address ${address.address}`);
  if (address.state !== 'Reserved')
    throw new IsolaError('refused_value', {
      reason: `Public address ${address.address} is ${address.state}, not Reserved: disassociateIpAddress gives it back`,
    });
  await freeAddresses(call.tx, identified(address.id));
}

async function lockNamed(call: Call, id: string): Promise<PublicAddressRow> {
  const address = await call.tx
    .selectFrom('public_addresses')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (address === undefined) throw unknownId(call, { parameter: 'id', id });
  return address;
}
