import type { Db } from '../../store/database.ts';
import { lockNetwork } from '../network/change.ts';
import { raiseGeneration } from '../network/generation.ts';
import { noStaticNat } from '../public-address/free.ts';
import { revokeForwards } from './repository.ts';

/** A network whose rules changed, and the generation at which. */
export interface RevokedIn {
  readonly networkId: string;
  readonly generation: number;
}

/**
 * Takes away the port forwards and static NAT that lead to an instance, in all its networks, whatever their state. Returns the
 * networks that have to apply it: the instance's NICs must stay until they have.
 */
export async function revokeInstanceRules(tx: Db, instanceId: string): Promise<RevokedIn[]> {
  const nics = await tx
    .selectFrom('nics')
    .select(['id', 'network_id'])
    .where('instance_id', '=', instanceId)
    .orderBy('network_id')
    .execute();
  const revoked: RevokedIn[] = [];
  for (const nic of nics) {
    const generation = await revokeNicRules(tx, nic);
    if (generation !== null) revoked.push({ networkId: nic.network_id, generation });
  }
  return revoked;
}

/** As `revokeInstanceRules`, for one NIC. Returns the generation at which its network forgets them; `null` when there is nothing to apply. */
export async function revokeNicRules(
  tx: Db,
  nic: { readonly id: string; readonly network_id: string },
): Promise<number | null> {
  const network = await lockNetwork(tx, nic.network_id);
  const forwards = await tx
    .selectFrom('port_forwarding_rules')
    .select('id')
    .where('nic_id', '=', nic.id)
    .where('state', '<>', 'Revoke')
    .execute();
  const addresses = await tx
    .selectFrom('public_addresses')
    .select('id')
    .where('static_nat_nic_id', '=', nic.id)
    .execute();
  if (forwards.length === 0 && addresses.length === 0) return null;
  const live = network.state !== 'Allocated' || network.desired_state === 'Implemented';
  const generation = live ? await raiseGeneration(tx, network.id) : network.generation;
  await revokeForwards(
    tx,
    { live, generation },
    forwards.map(row => row.id),
  );
  await tx
    .updateTable('public_addresses')
    .set({ ...noStaticNat, generation })
    .where('static_nat_nic_id', '=', nic.id)
    .execute();
  return live ? generation : null;
}
