import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Waits } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';

/** A change of a network's intent in this transaction, whose row is locked until the transaction ends. */
export interface NetworkChange {
  readonly network: NetworkRow;
  /** Goes on every row that changes. */
  readonly generation: number;
  /** Whether there is, or soon will be, a router to tell. If not, changes are done when they are written. */
  readonly live: boolean;
  /** What the command waits for. */
  readonly waits: Waits | null;
}

/** Locks the network and, if it is live, raises its generation. 431 when it is being deleted. */
export async function beginChange(tx: Db, networkId: string): Promise<NetworkChange> {
  // One statement locks and raises; where it was wrong to raise, the transaction is undone.
  const network = await tx
    .updateTable('networks')
    .set({ generation: sql`generation + case when ${isLive} then 1 else 0 end` })
    .where('id', '=', networkId)
    .returningAll()
    .returning(isLive.as('live'))
    .executeTakeFirstOrThrow();
  if (network.desired_state === 'Destroyed')
    throw new IsolaError('refused_value', { reason: `Network ${network.name} is being deleted` });
  const { id, generation, live } = network;
  return { network, generation, live, waits: live ? { kind: 'network', id, generation } : null };
}

/** Locks the row; concurrent changes of the same network follow one another. */
export async function lockNetwork(tx: Db, networkId: string): Promise<NetworkRow> {
  return tx
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', networkId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** State of a row that this change adds. */
export function addedState(change: NetworkChange): 'Add' | 'Active' {
  return change.live ? 'Add' : 'Active';
}

const isLive = sql<boolean>`(state <> 'Allocated' or desired_state <> 'Allocated')`;
