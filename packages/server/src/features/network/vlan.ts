import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, PhysicalNetworkRow } from '../../store/schema.ts';
import { isolationMethods } from './segment-uri.ts';

type TaggedNetwork = Pick<NetworkRow, 'id' | 'physical_network_id' | 'requested_vlan'>;

/**
 * Gives the network a tag (a VXLAN identifier, by its isolation method) of its physical network's range (or the one it was made with) and writes it on its row. The same
 * again when it has one. Networks allocate one after the other, so none gets a tag twice. Throws `insufficient_vlan`.
 */
export async function allocateVlan(tx: Db, network: TaggedNetwork): Promise<number> {
  const range = await lockRange(tx, network.physical_network_id);
  const held = await tx
    .selectFrom('vlan_tags')
    .select('tag')
    .where('network_id', '=', network.id)
    .executeTakeFirst();
  const tag = held?.tag ?? (await takeFreeTag(tx, network, range));
  await tx.updateTable('networks').set({ vlan: tag }).where('id', '=', network.id).execute();
  return tag;
}

/** Gives a dynamically chosen tag back and clears it on the row; one that was asked for stays with the network until it is deleted. */
export async function releaseVlan(tx: Db, network: TaggedNetwork): Promise<void> {
  if (network.requested_vlan === null)
    await tx.deleteFrom('vlan_tags').where('network_id', '=', network.id).execute();
  await tx.updateTable('networks').set({ vlan: null }).where('id', '=', network.id).execute();
}

/** Reserves the tag that a new network asks for. 431 when it lies in the dynamic range or another network has it. */
export async function reserveVlan(tx: Db, network: TaggedNetwork, tag: number): Promise<void> {
  const range = await lockRange(tx, network.physical_network_id);
  if (tag >= range.vlan_first && tag <= range.vlan_last)
    throw refused(
      `${isolationMethods[range.isolation_method].what} ${tag} is in the range ${range.vlan_first}-${range.vlan_last} that physical network ${range.name} allocates from; choose one outside it`,
    );
  const taken = await tx
    .selectFrom('vlan_tags')
    .select('tag')
    .where('physical_network_id', '=', network.physical_network_id)
    .where('tag', '=', tag)
    .executeTakeFirst();
  if (taken !== undefined)
    throw refused(
      `A network with ${isolationMethods[range.isolation_method].what} ${tag} already exists on physical network ${range.name}`,
    );
  await insertTag(tx, network, tag);
}

interface TagRange {
  readonly name: string;
  readonly isolation_method: PhysicalNetworkRow['isolation_method'];
  readonly vlan_first: number;
  readonly vlan_last: number;
}

async function lockRange(tx: Db, physicalNetworkId: string): Promise<TagRange> {
  return tx
    .selectFrom('physical_networks')
    .select(['name', 'isolation_method', 'vlan_first', 'vlan_last'])
    .where('id', '=', physicalNetworkId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

async function takeFreeTag(tx: Db, network: TaggedNetwork, range: TagRange): Promise<number> {
  // Costs as much as there are tags in use, however many there could be.
  const { rows } = await sql<{ tag: number }>`
    with used as (select tag from vlan_tags where physical_network_id = ${network.physical_network_id}
      and tag between ${range.vlan_first} and ${range.vlan_last})
    select min(tag) as tag from (
      select ${range.vlan_first}::int as tag union all select tag + 1 from used) candidate
    where tag <= ${range.vlan_last} and tag not in (select tag from used)
    having min(tag) is not null`.execute(tx);
  const free = rows[0];
  if (free === undefined)
    throw new IsolaError('insufficient_vlan', { physicalNetwork: range.name });
  await insertTag(tx, network, free.tag);
  return free.tag;
}

async function insertTag(tx: Db, network: TaggedNetwork, tag: number): Promise<void> {
  await tx
    .insertInto('vlan_tags')
    .values({ physical_network_id: network.physical_network_id, tag, network_id: network.id })
    .execute();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
