import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';

type TaggedNetwork = Pick<NetworkRow, 'id' | 'physical_network_id' | 'requested_vlan'>;

/**
 * Gives the network a VLAN tag of its physical network's range (or the one it was made with) and writes it on its row. The same
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
      `The VLAN tag ${tag} is in the range ${range.vlan_first}-${range.vlan_last} that physical network ${range.name} allocates from; choose one outside it`,
    );
  const taken = await tx
    .selectFrom('vlan_tags')
    .select('tag')
    .where('physical_network_id', '=', network.physical_network_id)
    .where('tag', '=', tag)
    .executeTakeFirst();
  if (taken !== undefined)
    throw refused(`A network with VLAN ${tag} already exists on physical network ${range.name}`);
  await insertTag(tx, network, tag);
}

interface TagRange {
  readonly name: string;
  readonly vlan_first: number;
  readonly vlan_last: number;
}

async function lockRange(tx: Db, physicalNetworkId: string): Promise<TagRange> {
  return tx
    .selectFrom('physical_networks')
    .select(['name', 'vlan_first', 'vlan_last'])
    .where('id', '=', physicalNetworkId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

async function takeFreeTag(tx: Db, network: TaggedNetwork, range: TagRange): Promise<number> {
  const { rows } = await sql<{ tag: number }>`
    select tag from generate_series(${range.vlan_first}::int, ${range.vlan_last}::int) as tag
    where not exists (select 1 from vlan_tags
      where vlan_tags.physical_network_id = ${network.physical_network_id} and vlan_tags.tag = tag.tag)
    order by tag limit 1`.execute(tx);
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

/** The tag that `100` or `vlan://100` names. 431 when it names none. */
export function parseVlan(text: string): number {
  const digits = /^(?:vlan:\/\/)?(\d{1,4})$/.exec(text)?.[1];
  const tag = Number(digits);
  if (digits === undefined || tag < 1 || tag > 4094)
    throw refused(`vlan ${text} is not a VLAN tag from 1 to 4094`);
  return tag;
}
