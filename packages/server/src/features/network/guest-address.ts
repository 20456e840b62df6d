import { randomBytes } from 'node:crypto';
import { cidrContains, formatIpv4, IsolaError, parseIpv4 } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';
import { guestPool, inPool } from './addressed.ts';
import { lockNetwork } from './change.ts';

type AddressedNetwork = Pick<
  NetworkRow,
  | 'id'
  | 'name'
  | 'cidr'
  | 'gateway'
  | 'first_address'
  | 'last_address'
  | 'router_address'
  | 'vm_cidr'
>;

/**
 * An address of the network for a NIC: the requested one or the lowest free one. Locks the network's row, so that the NIC
 * which the same transaction writes is the only one to get it. 431 when the requested one cannot be had, `insufficient_address`
 * when none is free.
 */
export async function allocateGuestAddress(
  tx: Db,
  network: AddressedNetwork,
  requested?: string,
): Promise<string> {
  await lockNetwork(tx, network.id);
  return requested === undefined
    ? lowestFree(tx, network)
    : requestedAddress(tx, network, requested);
}

/** A MAC address that no NIC has: locally administered, unicast. */
export async function allocateMac(tx: Db): Promise<string> {
  for (;;) {
    const mac = [0x02, ...randomBytes(5)]
      .map(octet => octet.toString(16).padStart(2, '0'))
      .join(':');
    const { rows } = await sql`
      select 1 from nics where mac = ${mac}
      union all select 1 from routers where ${mac} in (control_mac, guest_mac, public_mac)`.execute(
      tx,
    );
    if (rows.length === 0) return mac;
  }
}

async function requestedAddress(
  tx: Db,
  network: AddressedNetwork,
  requested: string,
): Promise<string> {
  const pool = guestPool(network);
  const address = parseIpv4(requested);
  if (address === null || !cidrContains(pool.block, address))
    throw refused(
      `IP address ${requested} is not in the range ${network.cidr} of network ${network.name}`,
    );
  if (!inPool(pool, address))
    throw refused(`IP address ${requested} is reserved in network ${network.name}`);
  const text = formatIpv4(address);
  const { rows: taken } = await sql`
    select 1 from nics where network_id = ${network.id} and address = ${text}
    union all select 1 from nic_addresses where network_id = ${network.id} and address = ${text}`.execute(
    tx,
  );
  if (taken.length > 0)
    throw refused(`IP address ${text} is already in use in network ${network.name}`);
  return text;
}

async function lowestFree(tx: Db, network: AddressedNetwork): Promise<string> {
  const { first, last, reserved } = guestPool(network);
  const { rows } = await sql<{ address: string }>`
    select host(${formatIpv4(first)}::inet + n) as address from generate_series(0, ${last - first}::int) as n
    where host(${formatIpv4(first)}::inet + n) <> all(${reserved.map(formatIpv4)}::text[])
      and not exists (select 1 from nics
        where nics.network_id = ${network.id} and nics.address = host(${formatIpv4(first)}::inet + n))
      and not exists (select 1 from nic_addresses further
        where further.network_id = ${network.id} and further.address = host(${formatIpv4(first)}::inet + n))
    order by n limit 1`.execute(tx);
  const free = rows[0];
  if (free === undefined)
    throw new IsolaError('insufficient_address', {
      reason: `network ${network.name} (${network.cidr}) has no free address`,
    });
  return free.address;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
