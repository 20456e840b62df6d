import { IsolaError } from '@isola/model';
import { enableProvider } from '../../features/network-provider/insert.ts';
import { insertPhysicalNetwork, replaceTagRanges } from '../../features/physical-network/insert.ts';
import { insertTrafficType, trafficTypes } from '../../features/physical-network/traffic-type.ts';
import type { Tx } from '../database.ts';

/** How guest networks are kept apart between hosts, and the tags (VLAN) or identifiers (VXLAN) for them. */
export interface GuestNetworkSettings {
  readonly isolation: 'VLAN' | 'VXLAN';
  readonly first: number;
  readonly last: number;
}

/**
 * The zone's first physical network, as the configuration has it; those that were made later are left alone. Throws `refused_value`
 * when the isolation method changes while networks have tags of the one before.
 */
export async function seedPhysicalNetwork(
  tx: Tx,
  zoneId: string,
  { isolation, first, last }: GuestNetworkSettings,
): Promise<string> {
  const ranges = [{ first, last }];
  const found = await tx
    .selectFrom('physical_networks')
    .select(['id', 'isolation_method', eb => eb.fn.countAll<number>().over().as('of')])
    .where('zone_id', '=', zoneId)
    .orderBy('seq')
    .executeTakeFirst();
  if (found !== undefined) {
    // Who made more of them shares out the tags through the API: those of one may be another's by now.
    if (Number(found.of) > 1) return found.id;
    if (found.isolation_method !== isolation) await refuseWhileUsed(tx, found.id, isolation);
    await tx
      .updateTable('physical_networks')
      .set({ isolation_method: isolation })
      .where('id', '=', found.id)
      .execute();
    await replaceTagRanges(tx, found.id, ranges);
    return found.id;
  }
  const { id } = await insertPhysicalNetwork(tx, {
    zoneId,
    name: 'physical1',
    isolation,
    ranges,
    state: 'Enabled',
  });
  for (const type of trafficTypes) await insertTrafficType(tx, { physicalNetworkId: id, type });
  await enableProvider(tx, id, 'VirtualRouter');
  return id;
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
