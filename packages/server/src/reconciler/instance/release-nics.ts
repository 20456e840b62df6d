import { raiseGeneration } from '../../features/network/generation.ts';
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
  for (const nic of nics) {
    const generation = await raiseGeneration(tx, nic.network_id);
    await revokeRulesOf(tx, nic.id, generation);
    await tx
      .updateTable('nics')
      .set({ state: 'Revoke', generation })
      .where('id', '=', nic.id)
      .execute();
  }
  return nics.map(nic => nic.network_id);
}

async function revokeRulesOf(tx: Db, nicId: string, generation: number): Promise<void> {
  const forwards = await tx
    .updateTable('port_forwarding_rules')
    .set({ state: 'Revoke', generation })
    .where('nic_id', '=', nicId)
    .returning('id')
    .execute();
  const ids = forwards.map(rule => rule.id);
  if (ids.length > 0)
    await tx
      .updateTable('firewall_rules')
      .set({ state: 'Revoke', generation })
      .where('port_forward_id', 'in', ids)
      .execute();
  await tx
    .updateTable('public_addresses')
    .set({ static_nat_nic_id: null, generation })
    .where('static_nat_nic_id', '=', nicId)
    .execute();
}
