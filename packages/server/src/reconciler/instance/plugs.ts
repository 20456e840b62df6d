import type { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import type { Convergence } from '../convergence.ts';
import { releaseNics } from './release-nics.ts';

/** An instance has the NICs that it was to have: those that were unplugged are forgotten. Returns the networks to wake. */
export async function settlePlugs(tx: Db, instanceId: string): Promise<string[]> {
  await tx
    .updateTable('nics')
    .set({ plug: null })
    .where('instance_id', '=', instanceId)
    .where('plug', '=', 'In')
    .execute();
  return releaseNics(tx, instanceId, 'Out');
}

interface Failed {
  readonly id: string;
  readonly error: IsolaError;
}

/** A running instance cannot have the NICs that were asked for: they are forgotten, it runs on as it was. Returns the networks to wake. */
export async function failPlugs(
  ctx: Convergence,
  tx: Db,
  { id, error }: Failed,
): Promise<string[]> {
  const { generation } = await tx
    .updateTable('instances')
    .set(eb => ({ applied_generation: eb.ref('generation') }))
    .where('id', '=', id)
    .returning('generation')
    .executeTakeFirstOrThrow();
  const networks = await releaseNics(tx, id, 'In');
  await tx
    .updateTable('nics')
    .set({ plug: null })
    .where('instance_id', '=', id)
    .where('plug', '=', 'Out')
    .execute();
  await ctx.jobs.fail(tx, id, { generation, error });
  return networks;
}
