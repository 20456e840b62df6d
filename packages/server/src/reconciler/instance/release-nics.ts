import { raiseGeneration } from '../../features/network/generation.ts';
import { revokeNicRules } from '../../features/port-forwarding/revoke-instance.ts';
import type { Db } from '../../store/database.ts';
import type { NicRow } from '../../store/schema.ts';

/**
 * Asks the networks of an instance to forget its NICs (all of them, or those that are plugged in or out just now) and every
 * rule that leads to them. The rows go when that is applied. Returns the networks to wake.
 */
export async function releaseNics(
  tx: Db,
  instanceId: string,
  plug?: NonNullable<NicRow['plug']>,
): Promise<string[]> {
  let query = tx
    .selectFrom('nics')
    .select(['id', 'network_id'])
    .where('instance_id', '=', instanceId)
    .where('state', '<>', 'Revoke')
    .orderBy('network_id');
  if (plug !== undefined) query = query.where('plug', '=', plug);
  const nics = await query.execute();
  for (const nic of nics) {
    await revokeNicRules(tx, nic);
    const generation = await raiseGeneration(tx, nic.network_id);
    await tx
      .updateTable('nics')
      .set({ state: 'Revoke', generation, plug: null })
      .where('id', '=', nic.id)
      .execute();
  }
  return nics.map(nic => nic.network_id);
}
