import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { enableProvider } from '../../features/network-provider/insert.ts';
import { insertPhysicalNetwork, replaceTagRanges } from '../../features/physical-network/insert.ts';
import { insertTrafficType, trafficTypes } from '../../features/physical-network/traffic-type.ts';
import type { Tx } from '../database.ts';
import { keepSeed, seedId } from './kept.ts';

/** How guest networks are kept apart between hosts, and the tags (VLAN) or identifiers (VXLAN) for them. */
export interface GuestNetworkSettings {
  readonly isolation: 'VLAN' | 'VXLAN';
  readonly first: number;
  readonly last: number;
}

/** A new zone's physical network, as the configuration has it. */
export async function makePhysicalNetwork(
  tx: Tx,
  zoneId: string,
  { isolation, first, last }: GuestNetworkSettings,
): Promise<string> {
  const { id } = await insertPhysicalNetwork(tx, {
    zoneId,
    name: 'physical1',
    isolation,
    ranges: [{ first, last }],
    state: 'Enabled',
  });
  for (const type of trafficTypes) await insertTrafficType(tx, { physicalNetworkId: id, type });
  await enableProvider(tx, id, 'VirtualRouter');
  await keepSeed(tx, 'physical network', id);
  return id;
}

/**
 * Brings the physical network that an earlier start made to what the configuration has, if it is still there and the only one.
 * Throws `refused_value` when the isolation method changes while networks have tags of the one before.
 */
export async function updatePhysicalNetwork(
  tx: Tx,
  { isolation, first, last }: GuestNetworkSettings,
): Promise<void> {
  const found = await tx
    .selectFrom('physical_networks as own')
    .select(['id', 'isolation_method'])
    .where('id', '=', await seedId(tx, 'physical network'))
    // Who made more of them shares out the tags through the API: those of one may be another's by now.
    .where(
      sql<boolean>`not exists (select 1 from physical_networks other where other.zone_id = own.zone_id and other.id <> own.id)`,
    )
    .executeTakeFirst();
  if (found === undefined) return;
  if (found.isolation_method !== isolation) await refuseWhileUsed(tx, found.id, isolation);
  await tx
    .updateTable('physical_networks')
    .set({ isolation_method: isolation })
    .where('id', '=', found.id)
    .execute();
  await replaceTagRanges(tx, found.id, [{ first, last }]);
}

async function refuseWhileUsed(tx: Tx, id: string, isolation: string): Promise<void> {
  const used = await tx
    .selectFrom('vlan_tags')
    .select('tag')
    .where('physical_network_id', '=', id)
    .executeTakeFirst();
  if (used === undefined) return;
  throw new IsolaError('refused_value', {
    reason: `guest.isolation cannot become ${isolation} while networks have tags (${used.tag} is one): shut them down first`,
  });
}
