import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { asFailure, isPermanent, isSilence, type Trouble } from '../failure.ts';
import { onLivingHost } from '../host/living.ts';
import { failOverdueJobs } from '../network/fail.ts';
import { adjustInstance } from './adjust.ts';
import { expungeInstance } from './expunge.ts';
import { failInstance } from './fail.ts';
import { abandonMigration, migrateInstance } from './migrate.ts';
import { type InstanceStep, planInstance } from './plan.ts';
import { failPlugs } from './plugs.ts';
import { leaveHost } from './ready.ts';
import { recordInstance } from './record.ts';
import { discardDisk } from './restore.ts';
import { rebootInstance, startInstance } from './start.ts';
import { destroyInstance, stopInstance } from './stop.ts';
import { waitsForRoom } from './wait-for-room.ts';

/** Takes step after step until the instance is as it was asked to be, or waits for a network. Throws what a step threw. */
export async function convergeInstance(ctx: Convergence, id: string): Promise<void> {
  for (;;) {
    const instance = await ctx.db
      .selectFrom('instances')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (instance === undefined) return;
    const step = planInstance(instance);
    if (step === 'rest') return;
    ctx.log.debug({ instance: instance.internal_name, step }, 'instance step');
    if (!(await take(ctx, instance, step))) return;
  }
}

/** Whether there may be more to do. */
async function take(ctx: Convergence, instance: InstanceRow, step: InstanceStep): Promise<boolean> {
  switch (step) {
    case 'rest':
      return false;
    case 'record':
      await recordInstance(ctx, { instance, patch: {} });
      return true;
    case 'start':
      return startInstance(ctx, instance);
    case 'adjust':
      return adjustInstance(ctx, instance);
    case 'reboot':
      await rebootInstance(ctx, instance);
      return true;
    case 'restore':
      await discardDisk(ctx, instance);
      return true;
    case 'migrate':
      await migrateInstance(ctx, instance);
      return true;
    case 'stop':
      await stopInstance(ctx, instance);
      return true;
    case 'destroy':
      await destroyInstance(ctx, instance);
      return true;
    case 'expunge':
      return expungeInstance(ctx, instance);
  }
}

/** What follows a step that failed, beside its repetition. */
export async function instanceTrouble(
  ctx: Convergence,
  id: string,
  { error, patience, since }: Trouble,
): Promise<void> {
  const hopeless = isPermanent(error) || since >= patience.jobs;
  const instance = await ctx.db
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (instance === undefined) return;
  if (hopeless && planInstance(instance) === 'migrate') {
    if (await abandonMigration(ctx, instance, asFailure(error))) ctx.wake('instance', id);
    return;
  }
  if (isStarting(instance) && (await waitsForRoom(ctx, instance, error))) return;
  if (hopeless && isStarting(instance) && (await clearStart(ctx, instance))) {
    await ctx.db.transaction().execute(async tx => {
      const locked = await tx
        .selectFrom('instances')
        .selectAll()
        .where('id', '=', id)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (locked === undefined || !isStarting(locked)) return;
      await failInstance(ctx, tx, { id, error: asFailure(error) });
    });
    await leaveHost(ctx, id, instance.host_id);
    return;
  }
  if (isPermanent(error) && planInstance(instance) === 'adjust') {
    const networks = await ctx.db.transaction().execute(tx => failPlugs(ctx, tx, { id, error }));
    for (const network of networks) ctx.wake('network', network);
    return;
  }
  await failOverdueJobs(ctx, id, {
    error: asFailure(error),
    patience: hopeless ? 0 : patience.jobs,
  });
}

/**
 * What a start left behind must not run on; the disk of one that ran before stays. `false` while the host is away: the start
 * goes on when it is back.
 */
async function clearStart(ctx: Convergence, instance: InstanceRow): Promise<boolean> {
  const { id, host_id: hostId, last_host_id: before } = instance;
  if (hostId === null) return true;
  try {
    await onLivingHost(ctx, hostId, agent =>
      before === null ? agent.destroyGuest(id) : agent.stopGuest(id, true),
    );
    return true;
  } catch (error) {
    if (isSilence(error) && !ctx.fleet.connected().includes(hostId)) return false;
    throw error;
  }
}

/** Whether it is to run and does not, or may not in the middle of a reboot. */
function isStarting(instance: InstanceRow): boolean {
  const step = planInstance(instance);
  return step === 'start' || step === 'reboot';
}
