import { formatIpv4, IsolaError, parseIpv4 } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, PublicAddressRow } from '../../store/schema.ts';
import { reserveResources } from '../resource-limit/reserve.ts';

/** What of a network its public addresses carry. */
export type OwningNetwork = Pick<NetworkRow, 'id' | 'zone_id' | 'account_id' | 'domain_id'>;

/**
 * Locks a free address of the zone: the wished one, or the first. 431 when the wished one is not the zone's or not free,
 * `insufficient_address` when none is free.
 */
export async function lockFreeAddress(
  tx: Db,
  zoneId: string,
  wished?: string,
): Promise<PublicAddressRow> {
  if (wished !== undefined) return lockWished(tx, zoneId, wished);
  const free = sql<SqlBool>`zone_id = ${zoneId} and state = 'Free'`;
  // Addresses that others hold locked may become free again: wait for them only when nothing else is left.
  const found = (await lockFirst(tx, free, 'skip')) ?? (await lockFirst(tx, free, 'wait'));
  if (found === undefined)
    throw new IsolaError('insufficient_address', {
      reason: 'no public address is free in the zone',
    });
  return found;
}

interface Assignment {
  readonly network: OwningNetwork;
  readonly state: 'Allocating' | 'Allocated';
  readonly sourceNat: boolean;
  readonly generation: number;
  readonly display?: boolean | undefined;
}

/** Makes a locked free address the network's. Throws `allocation_failed` when its account has as many as it may. */
export async function assignAddress(
  tx: Db,
  address: Pick<PublicAddressRow, 'id'>,
  assignment: Assignment,
): Promise<PublicAddressRow> {
  const { network } = assignment;
  await reserveResources(tx, network, { public_ip: 1 });
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

async function lockWished(tx: Db, zoneId: string, wished: string): Promise<PublicAddressRow> {
  const value = parseIpv4(wished);
  if (value === null) throw new IsolaError('invalid_address', { address: wished });
  const text = formatIpv4(value);
  const row = await lockFirst(tx, sql<SqlBool>`zone_id = ${zoneId} and address = ${text}`, 'wait');
  if (row === undefined) throw refused(`IP address ${text} is not a public address of the zone`);
  if (row.state !== 'Free') throw refused(`IP address ${text} is not free`);
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
