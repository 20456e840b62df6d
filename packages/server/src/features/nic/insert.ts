import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import type { InstanceRow, NetworkRow, NicRow } from '../../store/schema.ts';
import { requireRoot } from '../account/guard.ts';
import { addedState, beginChange, type NetworkChange } from '../network/change.ts';
import { allocateGuestAddress, allocateMac } from '../network/guest-address.ts';

interface NewNic {
  readonly instance: Pick<InstanceRow, 'id'>;
  readonly network: NetworkRow;
  /** Number of the device: 0 is eth0. */
  readonly device: number;
  readonly isDefault: boolean;
  readonly plug: NicRow['plug'];
  /** Any free one when not given. */
  readonly address?: string;
  /** A made-up one when not given. */
  readonly mac?: string;
}

/** Writes a NIC with an address of its network. 431 when the address or MAC asked for cannot be had. */
export async function insertNic(call: Call, nic: NewNic): Promise<NetworkChange> {
  const { network } = nic;
  const change = await beginChange(call.tx, network.id);
  await call.tx
    .insertInto('nics')
    .values({
      instance_id: nic.instance.id,
      network_id: network.id,
      device: nic.device,
      mac: await freeMac(call, network, nic.mac),
      address: await addressFor(call, network, nic.address),
      is_default: nic.isDefault,
      generation: change.generation,
      state: addedState(change),
      plug: nic.plug,
    })
    .execute();
  if (change.live) call.wake('network', network.id);
  return change;
}

/** Guests of an L2 network choose theirs themselves. */
async function addressFor(
  call: Call,
  network: NetworkRow,
  wished: string | undefined,
): Promise<string | null> {
  if (network.guest_type === 'L2' && wished === undefined) return null;
  return allocateGuestAddress(call.tx, network, wished);
}

async function freeMac(call: Call, network: NetworkRow, mac: string | undefined): Promise<string> {
  if (mac === undefined) return allocateMac(call.tx);
  // Machines of the operator's are there, too, whose addresses nobody may take: we do not know them.
  if (network.guest_type === 'Shared') requireRoot(call, 'MAC addresses in a shared network');
  const { rows } = await sql`select 1 from nics where mac = ${mac}
    union all select 1 from routers where ${mac} in (control_mac, guest_mac, public_mac)`.execute(
    call.tx,
  );
  if (rows.length > 0)
    throw new IsolaError('refused_value', { reason: `MAC address ${mac} is already in use` });
  return mac;
}
