import { IsolaError } from '@isola/model';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { NetworkRow } from '../../store/schema.ts';

/** Where a rule leads to: a NIC, and which of its addresses. */
export interface GuestTarget {
  readonly nicId: string;
  /** `null` for its first address, also when that changes. */
  readonly secondary: string | null;
}

interface Target {
  readonly instanceId: string;
  /** `vmguestip`: the address of the instance that is meant. */
  readonly guestAddress: string | undefined;
}

/**
 * The NIC and address of the caller's instance in the network, to which an address or its ports shall lead. 431 when the instance is going
 * away, has no NIC in the network, or not that address.
 */
export async function guestTarget(
  call: Call,
  network: Pick<NetworkRow, 'id' | 'name'>,
  target: Target,
): Promise<GuestTarget> {
  const named = { parameter: 'virtualmachineid', id: target.instanceId };
  const instance = await call.tx
    .selectFrom('instances')
    .selectAll()
    .where(identified(named.id))
    .executeTakeFirst();
  if (instance === undefined) throw unknownId(call, named);
  await requireOwner(call, instance, `instance ${instance.id}`);
  if (instance.desired_state === 'Destroyed' || instance.desired_state === 'Expunged')
    throw refused(`Instance ${instance.name} is being destroyed`);
  const nic = await call.tx
    .selectFrom('nics')
    .selectAll()
    .where('instance_id', '=', instance.id)
    .where('network_id', '=', network.id)
    .where('state', '<>', 'Revoke')
    .where('plug', 'is distinct from', 'Out')
    .executeTakeFirst();
  if (nic === undefined)
    throw refused(`Instance ${instance.name} has no NIC in network ${network.name}`);
  const { guestAddress } = target;
  if (guestAddress === undefined || guestAddress === nic.address)
    return { nicId: nic.id, secondary: null };
  const secondary = await call.tx
    .selectFrom('nic_addresses')
    .select('address')
    .where('nic_id', '=', nic.id)
    .where('address', '=', guestAddress)
    .where('release_generation', 'is', null)
    .executeTakeFirst();
  if (secondary === undefined)
    throw refused(
      `vmguestip ${guestAddress} is not an address of instance ${instance.name} in network ${network.name}`,
    );
  return { nicId: nic.id, secondary: secondary.address };
}

/** Refuses (431) a `networkid` that is not the network of the address. */
export async function refuseOtherNetwork(
  call: Call,
  network: Pick<NetworkRow, 'id' | 'name'>,
  networkId: string | undefined,
): Promise<void> {
  if (networkId === undefined) return;
  const found = await call.tx
    .selectFrom('networks')
    .selectAll()
    .where(identified(networkId))
    .executeTakeFirst();
  if (found === undefined) throw unknownId(call, { parameter: 'networkid', id: networkId });
  await requireOwner(call, found, `network ${found.id}`);
  if (found.id !== network.id)
    throw refused(`The public address belongs to network ${network.name}, not ${found.name}`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
