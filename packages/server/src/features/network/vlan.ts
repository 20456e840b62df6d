import { IsolaError } from '@isola/model';
import { type Expression, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, PhysicalNetworkRow } from '../../store/schema.ts';
import { tagRangesOf } from '../physical-network/repository.ts';
import { formatTagRange } from '../physical-network/tag-ranges.ts';
import { settingAt } from '../setting/value.ts';
import { isolationMethods } from './segment-uri.ts';

type TaggedNetwork = Pick<
  NetworkRow,
  'id' | 'physical_network_id' | 'account_id' | 'requested_vlan'
>;

/**
 * Gives the network a tag (a VXLAN identifier, by its isolation method) of those that its physical network gives out, or the one
 * that it was made with, and writes it on its row. The same again when it has one. Of tags that are set aside for its account
 * one of these, and others only when none of them is free and `use.system.guest.vlans` allows it. Networks allocate one after
 * the other, so none gets a tag twice. Throws `insufficient_vlan`.
 */
export async function allocateVlan(tx: Db, network: TaggedNetwork): Promise<number> {
  const physical = await lockPhysical(tx, network.physical_network_id);
  const held = await tx
    .selectFrom('vlan_tags')
    .select('tag')
    .where('network_id', '=', network.id)
    .executeTakeFirst();
  const tag = held?.tag ?? (await takeFreeTag(tx, network, physical));
  await tx.updateTable('networks').set({ vlan: tag }).where('id', '=', network.id).execute();
  return tag;
}

/** Gives a dynamically chosen tag back and clears it on the row; one that was asked for stays with the network until it is deleted. */
export async function releaseVlan(tx: Db, network: TaggedNetwork): Promise<void> {
  if (network.requested_vlan === null)
    await tx.deleteFrom('vlan_tags').where('network_id', '=', network.id).execute();
  await tx.updateTable('networks').set({ vlan: null }).where('id', '=', network.id).execute();
}

interface WantedTag {
  readonly tag: number;
  /** Also one of the range that tags are allocated from. */
  readonly anywhere: boolean;
}

/** Reserves the tag that a new network asks for. 431 when it lies in the dynamic range or another network has it. */
export async function reserveVlan(
  tx: Db,
  network: TaggedNetwork,
  { tag, anywhere }: WantedTag,
): Promise<void> {
  const physical = await lockPhysical(tx, network.physical_network_id);
  // Against other physical networks of the zone: their ranges change, and their tags are reserved, under the same lock.
  await tx
    .selectFrom('zones')
    .select('id')
    .where('id', '=', physical.zone_id)
    .forNoKeyUpdate()
    .execute();
  const { what } = isolationMethods[physical.isolation_method];
  for (const range of await tagRangesOf(tx, network.physical_network_id))
    if (!anywhere && range.first <= tag && tag <= range.last)
      throw refused(
        `${what} ${tag} is in the range ${formatTagRange(range)} that physical network ${physical.name} allocates from; choose one outside it`,
      );
  // Hosts tell segments by method and tag alone, so a tag is one of the whole zone.
  const taken = await tx
    .selectFrom('vlan_tags')
    .innerJoin('physical_networks', 'physical_networks.id', 'vlan_tags.physical_network_id')
    .select('physical_networks.name')
    .where('vlan_tags.zone_id', '=', physical.zone_id)
    .where('vlan_tags.isolation_method', '=', physical.isolation_method)
    .where('tag', '=', tag)
    .executeTakeFirst();
  if (taken !== undefined)
    throw refused(`A network with ${what} ${tag} already exists on physical network ${taken.name}`);
  const given = await givenElsewhere(tx, physical, tag);
  if (given !== undefined) throw refused(`${what} ${tag} is one that ${given} allocates from`);
  await insertTag(tx, network, { physical, tag });
}

type Physical = Pick<PhysicalNetworkRow, 'id' | 'name' | 'zone_id' | 'isolation_method'>;

async function lockPhysical(tx: Db, id: string): Promise<Physical> {
  return tx
    .selectFrom('physical_networks')
    .select(['id', 'name', 'zone_id', 'isolation_method'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** What else of the zone gives out or has the tag: another physical network, or public addresses. */
async function givenElsewhere(
  tx: Db,
  physical: Physical,
  tag: number,
): Promise<string | undefined> {
  const { rows } = await sql<{ what: string }>`
    select 'physical network ' || p.name as what from vlan_ranges r join physical_networks p on p.id = r.physical_network_id
      where p.zone_id = ${physical.zone_id} and p.isolation_method = ${physical.isolation_method}
        and p.id <> ${physical.id} and ${tag} between r.first_tag and r.last_tag
    union all select 'the public network' from public_ranges
      where zone_id = ${physical.zone_id} and vlan = ${String(tag)} and ${physical.isolation_method} = 'VLAN'
    limit 1`.execute(tx);
  return rows[0]?.what;
}

/** Tags that the account has for itself, or, where there are none, those that nobody has. */
async function takeFreeTag(tx: Db, network: TaggedNetwork, physical: Physical): Promise<number> {
  const own = sql`select first_tag, last_tag from dedicated_vlan_ranges
    where physical_network_id = ${physical.id} and account_id = ${network.account_id}`;
  const { rows } = await sql`${own} limit 1`.execute(tx);
  const dedicated = rows.length > 0;
  let tag = dedicated ? await lowestFree(tx, physical, { pool: own, shared: false }) : undefined;
  const place = { scope: 'account', id: network.account_id } as const;
  const others =
    !dedicated ||
    (tag === undefined && (await settingAt(tx, 'use.system.guest.vlans', place)) === 1);
  if (others) {
    const pool = sql`select first_tag, last_tag from vlan_ranges where physical_network_id = ${physical.id}`;
    tag = await lowestFree(tx, physical, { pool, shared: true });
  }
  if (tag === undefined)
    throw new IsolaError('insufficient_vlan', { physicalNetwork: physical.name });
  await insertTag(tx, network, { physical, tag });
  return tag;
}

interface Pool {
  /** Query of ranges: `first_tag` and `last_tag`. */
  readonly pool: Expression<unknown>;
  /** Without the tags that are set aside. */
  readonly shared: boolean;
}

/** Costs as much as there are tags in use, however many there could be. */
async function lowestFree(
  tx: Db,
  { id, zone_id: zone, isolation_method: method }: Physical,
  { pool, shared }: Pool,
): Promise<number | undefined> {
  const aside = sql`select first_tag, last_tag from dedicated_vlan_ranges where physical_network_id = ${id} and ${shared}`;
  const { rows } = await sql<{ tag: number }>`
    with pool as (${pool}), aside as (${aside}), used as (
      select tag from vlan_tags where zone_id = ${zone} and isolation_method = ${method})
    select min(tag) as tag from (
      select first_tag as tag from pool union all select tag + 1 from used union all select last_tag + 1 from aside) candidate
    where exists (select 1 from pool where tag between first_tag and last_tag)
      and not exists (select 1 from aside where tag between first_tag and last_tag)
      and tag not in (select tag from used)
    having min(tag) is not null`.execute(tx);
  return rows[0]?.tag;
}

async function insertTag(
  tx: Db,
  network: TaggedNetwork,
  { physical, tag }: { readonly physical: Physical; readonly tag: number },
): Promise<void> {
  await tx
    .insertInto('vlan_tags')
    .values({
      physical_network_id: physical.id,
      zone_id: physical.zone_id,
      isolation_method: physical.isolation_method,
      tag,
      network_id: network.id,
    })
    .execute();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
