import { IsolaError } from '@isola/model';
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
  const values = { isolation_method: isolation, vlan_first: first, vlan_last: last };
  const found = await tx
    .selectFrom('physical_networks')
    .select(['id', 'isolation_method'])
    .where('zone_id', '=', zoneId)
    .orderBy('seq')
    .executeTakeFirst();
  if (found !== undefined) {
    if (found.isolation_method !== isolation) await refuseWhileUsed(tx, found.id, isolation);
    await tx.updateTable('physical_networks').set(values).where('id', '=', found.id).execute();
    return found.id;
  }
  const made = await tx
    .insertInto('physical_networks')
    .values({ ...values, zone_id: zoneId, name: 'physical1' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return made.id;
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
