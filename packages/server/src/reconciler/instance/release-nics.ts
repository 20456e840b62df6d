import { raiseGeneration } from '../../features/network/generation.ts';
import { revokeInstanceRules } from '../../features/port-forwarding/revoke-instance.ts';
import type { Db } from '../../store/database.ts';

/**
 * Asks the networks of an instance to forget its NICs and every rule that leads to them. The rows go when that is applied.
 * Returns the networks to wake.
 */
export async function releaseNics(tx: Db, instanceId: string): Promise<string[]> {
  const nics = await tx
    .selectFrom('nics')
    .select(['id', 'network_id'])
    .where('instance_id', '=', instanceId)
    .where('state', '<>', 'Revoke')
    .orderBy('network_id')
    .execute();
  if (nics.length > 0) await revokeInstanceRules(tx, instanceId);
  for (const nic of nics) {
    const generation = await raiseGeneration(tx, nic.network_id);
    await tx
      .updateTable('nics')
      .set({ state: 'Revoke', generation })
      .where('id', '=', nic.id)
      .execute();
  }
  return nics.map(nic => nic.network_id);
}
