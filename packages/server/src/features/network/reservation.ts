import type { ParamsOf } from '@isola/api';
import { cidr, cidrContains, formatCidr, IsolaError, ipv4 } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { RowPatch } from '../../store/schema.ts';
import { addressesOf } from './addressed.ts';
import { lockNetwork } from './change.ts';

/**
 * `guestvmcidr`: the part of an isolated network that instances get addresses from; the rest is for machines that are not ours.
 * The whole network takes the reservation back. 431 when instances have addresses outside.
 */
export async function reservationOf(
  call: Call,
  { guestvmcidr }: ParamsOf<'updateNetwork'>,
  networkId: string,
): Promise<RowPatch<'networks'>> {
  if (guestvmcidr === undefined) return {};
  const network = await lockNetwork(call.tx, networkId);
  if (network.guest_type !== 'Isolated')
    throw refused(
      `guestvmcidr is for isolated networks; ${network.name} is ${network.guest_type} network`,
    );
  const whole = cidr(addressesOf(network).cidr);
  const part = cidr(guestvmcidr);
  if (part.prefix < whole.prefix || !cidrContains(whole, part.base))
    throw refused(`guestvmcidr ${guestvmcidr} is not within ${formatCidr(whole)}`);
  const outside = (await addressesIn(call, networkId)).find(
    address => !cidrContains(part, ipv4(address)),
  );
  if (outside !== undefined)
    throw refused(`An instance has ${outside}, which is not within ${formatCidr(part)}`);
  return { vm_cidr: part.prefix === whole.prefix ? null : formatCidr(part) };
}

async function addressesIn(call: Call, networkId: string): Promise<string[]> {
  const first = await call.tx
    .selectFrom('nics')
    .select('address')
    .where('network_id', '=', networkId)
    .execute();
  const further = await call.tx
    .selectFrom('nic_addresses')
    .select('address')
    .where('network_id', '=', networkId)
    .execute();
  return [...first, ...further].flatMap(({ address }) => address ?? []);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
