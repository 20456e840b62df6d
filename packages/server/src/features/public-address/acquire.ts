import { formatIpv4, IsolaError, parseIpv4 } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, PublicAddressRow } from '../../store/schema.ts';
import { usableRanges } from '../public-range/usable.ts';
import { reserveResources } from '../resource-limit/reserve.ts';
import { quarantinedFor } from './free.ts';

/** What of a network its public addresses carry. */
export type OwningNetwork = Pick<NetworkRow, 'id' | 'zone_id' | 'account_id' | 'domain_id'>;

/**
 * Locks an address of the network's zone that its account may have: the wished one, free or reserved for the account, or the
 * first free one of the ranges that its account may have. 431 when the wished one is not the zone's or not to be had,
 * `insufficient_address` when none is free.
 */
export async function lockFreeAddress(
  tx: Db,
  network: OwningNetwork,
  wished?: string,
): Promise<PublicAddressRow> {
  if (wished !== undefined) return lockWished(tx, network, wished);
  const ranges = await usableRanges(tx, network);
  // Addresses that others hold locked may become free again: wait for them only when nothing else is left.
  for (const locked of ['skip', 'wait'] as const)
    for (const range of ranges) {
      const found = await lockFirst(
        tx,
        sql<SqlBool>`range_id = ${range} and state = 'Free' and not ${quarantinedFor(network.account_id)}`,
        locked,
      );
      if (found !== undefined) return found;
    }
  throw new IsolaError('insufficient_address', {
    reason: 'no public address is free in the zone',
  });
}

interface Assignment {
  readonly network: OwningNetwork;
  readonly state: 'Allocating' | 'Allocated';
  readonly sourceNat: boolean;
  readonly generation: number;
  readonly display?: boolean | undefined;
}

/** Makes a locked address the network's. Throws `allocation_failed` when its account has as many as it may. */
export async function assignAddress(
  tx: Db,
  address: Pick<PublicAddressRow, 'id' | 'account_id'>,
  assignment: Assignment,
): Promise<PublicAddressRow> {
  const { network } = assignment;
  // One that was reserved counts already.
  if (address.account_id === null) await reserveResources(tx, network, { public_ip: 1 });
  return tx
    .updateTable('public_addresses')
    .set({
      state: assignment.state,
      account_id: network.account_id,
      domain_id: network.domain_id,
      network_id: network.id,
      is_source_nat: assignment.sourceNat,
      generation: assignment.generation,
      display: assignment.display ?? true,
      allocated: sql`now()`,
    })
    .where('id', '=', address.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Refuses (431) an address that is not free, is of a range that others have for themselves, or that another account had a short
 * while ago. It must be locked.
 */
export async function requireFree(
  tx: Db,
  address: PublicAddressRow,
  owner: Pick<OwningNetwork, 'account_id' | 'domain_id'> & { readonly id?: string },
): Promise<void> {
  if (address.state !== 'Free') throw refused(`IP address ${address.address} is not free`);
  const network = { id: null, ...owner, zone_id: address.zone_id };
  if (!(await usableRanges(tx, network)).includes(address.range_id))
    throw refused(
      `IP address ${address.address} is in a range that is not for this account, or on another public VLAN than the network`,
    );
  const held = await tx
    .selectFrom('public_addresses')
    .select('id')
    .where('id', '=', address.id)
    .where(quarantinedFor(owner.account_id))
    .executeTakeFirst();
  if (held !== undefined)
    throw refused(
      `IP address ${address.address} is in quarantine: for a while only the account that had it may have it again`,
    );
}

async function lockWished(
  tx: Db,
  network: OwningNetwork,
  wished: string,
): Promise<PublicAddressRow> {
  const value = parseIpv4(wished);
  if (value === null) throw new IsolaError('invalid_address', { address: wished });
  const text = formatIpv4(value);
  const row = await lockFirst(
    tx,
    sql<SqlBool>`zone_id = ${network.zone_id} and address = ${text}`,
    'wait',
  );
  if (row === undefined) throw refused(`IP address ${text} is not a public address of the zone`);
  if (row.state === 'Reserved' && row.account_id === network.account_id) return row;
  await requireFree(tx, row, network);
  return row;
}

async function lockFirst(
  tx: Db,
  condition: Expression<SqlBool>,
  locked: 'skip' | 'wait',
): Promise<PublicAddressRow | undefined> {
  const query = tx
    .selectFrom('public_addresses')
    .selectAll()
    .where(condition)
    .orderBy('seq')
    .limit(1)
    .forUpdate();
  return (locked === 'skip' ? query.skipLocked() : query).executeTakeFirst();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
