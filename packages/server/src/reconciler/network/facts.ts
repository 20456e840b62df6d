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

/** Instances with a NIC in the network that are not as they were asked to be. */
export async function instancesOf(db: Db, networkId: string): Promise<string[]> {
  const { rows } = await sql<{ ids: string[] }>`select ${waitingIn(networkId)} as ids`.execute(db);
  return rows[0]?.ids ?? [];
}

/** What `instancesOf` gives, as an expression. */
export function waitingIn(networkId: string) {
  return sql<string[]>`array(select distinct nics.instance_id from nics
    join instances i on i.id = nics.instance_id where nics.network_id = ${networkId}
    and (i.applied_generation < i.generation or i.state in ('Starting', 'Expunging')))`;
}
