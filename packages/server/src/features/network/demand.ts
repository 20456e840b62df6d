import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import { lockNetwork } from './change.ts';
import { raiseGeneration } from './generation.ts';

/**
 * Asks for a network to be there for an instance that is about to run: implemented, not collected as idle, with a router (a new
 * one in place of one that was destroyed). 431 when it is being deleted.
 */
export async function demandNetwork(tx: Db, networkId: string): Promise<void> {
  const network = await lockNetwork(tx, networkId);
  if (network.desired_state === 'Destroyed')
    throw new IsolaError('refused_value', { reason: `Network ${network.name} is being deleted` });
  await tx
    .updateTable('networks')
    .set({ desired_state: 'Implemented', idle_since: null })
    .where('id', '=', networkId)
    .execute();
  if (network.state !== 'Implemented' || network.guest_type === 'L2') return;
  if (await hasRouter(tx, networkId)) return;
  const generation = await raiseGeneration(tx, networkId);
  await tx
    .updateTable('networks')
    .set({ replace_generation: generation })
    .where('id', '=', networkId)
    .execute();
}

async function hasRouter(tx: Db, networkId: string): Promise<boolean> {
  const router = await tx
    .selectFrom('routers')
    .select('id')
    .where('network_id', '=', networkId)
    .where('desired_state', '<>', 'Destroyed')
    .limit(1)
    .executeTakeFirst();
  return router !== undefined;
}
