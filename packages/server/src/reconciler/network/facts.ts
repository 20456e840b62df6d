import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RouterRow } from '../../store/schema.ts';

/** A network with its routers, the older first. */
export interface NetworkFacts {
  readonly network: NetworkRow;
  readonly routers: readonly RouterRow[];
  /** For a network to be destroyed: whether NICs are still in it. */
  readonly occupied: boolean;
}

/** `undefined` when there is no such network (any more). */
export async function readNetwork(db: Db, id: string): Promise<NetworkFacts | undefined> {
  const network = await db
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (network === undefined) return undefined;
  const routers = await db
    .selectFrom('routers')
    .selectAll()
    .where('network_id', '=', id)
    .orderBy('seq')
    .execute();
  const occupied = network.desired_state === 'Destroyed' && (await hasNics(db, id));
  return { network, routers, occupied };
}

async function hasNics(db: Db, networkId: string): Promise<boolean> {
  const row = await db
    .selectFrom('nics')
    .select('id')
    .where('network_id', '=', networkId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The network's row, locked until the transaction ends. */
export async function lockNetwork(tx: Db, id: string): Promise<NetworkRow | undefined> {
  return tx
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Instances with a NIC in the network. */
export async function instancesOf(db: Db, networkId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('nics')
    .select('instance_id')
    .distinct()
    .where('network_id', '=', networkId)
    .where(sql<boolean>`exists (select 1 from instances i where i.id = nics.instance_id
      and (i.applied_generation < i.generation or i.state in ('Starting', 'Expunging')))`)
    .execute();
  return rows.map(row => row.instance_id);
}
