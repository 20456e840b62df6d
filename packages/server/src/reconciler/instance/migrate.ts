import { IsolaError } from '@isola/model';
import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { isDead } from '../host/living.ts';
import { takeFromDead } from '../host/lost.ts';
import { noteStopped } from '../stopped.ts';
import { readGuestSpec } from './guest-spec.ts';
import { placeInstance } from './place.ts';
import { leaveHost, readyHost } from './ready.ts';

/**
 * Moves a running guest to its target. Each time, what is left to do is decided from where both hosts say that it runs now, so that
 * it never runs twice however often this is broken off. That the target takes it over is the next step, a `adjust`.
 */
export async function migrateInstance(ctx: Convergence, instance: InstanceRow): Promise<void> {
  const { id, host_id: source, migration_target: target } = instance;
  if (source === null || target === null) return;
  if (source === target) return stay(ctx, instance);
  if (await isDead(ctx.db, target)) {
    const reason = 'the host that the instance was to be moved to is Down';
    return giveUp(ctx, instance, new IsolaError('resource_unavailable', { reason }));
  }
  if (await isDead(ctx.db, source)) {
    // It came through in time, or was lost with its host.
    if (await runsOn(ctx, target, id)) return settleOn(ctx, instance, target);
    await stay(ctx, instance);
    // A guest that was lost with its host is dealt with like the others there.
    await takeFromDead(ctx);
    return;
  }
  const atSource = await runsOn(ctx, source, id);
  if (!atSource && (await runsOn(ctx, target, id))) {
    await settleOn(ctx, instance, target);
    return;
  }
  if (!atSource) {
    await stay(ctx, instance);
    await noteStopped(ctx, id, source);
    return;
  }
  await ctx.db
    .transaction()
    .execute(tx => placeInstance(tx, instance, { moves: true, hostId: target }));
  await readyHost(ctx, instance, target);
  ctx.fault('instance.migrate.ready');
  const spec = await readGuestSpec(ctx.db, instance, target);
  const place = await ctx.fleet.of(target).prepareIncoming(spec);
  ctx.fault('instance.migrate.prepared');
  await ctx.fleet.of(source).migrateGuest(id, place);
  ctx.fault('instance.migrate.sent');
  await settleOn(ctx, instance, target);
}

async function runsOn(ctx: Convergence, hostId: string, id: string): Promise<boolean> {
  const { guests } = await ctx.fleet.of(hostId).inventory();
  return guests.some(guest => guest.id === id && guest.running);
}

/** From now on it belongs to the target. Its generation is raised, so that the target takes it over. */
async function settleOn(ctx: Convergence, instance: InstanceRow, target: string): Promise<void> {
  await ctx.db.transaction().execute(async tx => {
    await tx
      .updateTable('instances')
      .set(eb => ({
        host_id: target,
        last_host_id: target,
        migration_target: null,
        generation: eb('generation', '+', 1),
        last_updated: new Date(),
      }))
      .where('id', '=', instance.id)
      .execute();
    await resolveAlerts(tx, 'ALERT.USERVM.MIGRATE', instance.id);
  });
  ctx.fault('instance.migrate.recorded');
  await leaveHost(ctx, instance.id, instance.host_id);
  ctx.wake('instance', instance.id);
}

/** It is to stay where it is. What the target has of it is removed by its comparison. */
async function stay(ctx: Convergence, instance: InstanceRow): Promise<void> {
  await ctx.db.transaction().execute(tx => clearTarget(tx, instance));
  ctx.fault('instance.migrate.stays');
  await leaveTarget(ctx, instance);
}

/**
 * The move cannot be made: the guest stays where it runs, with an alert, and whoever waits is told why. `false` while that
 * cannot be known, because one of the two hosts is away.
 */
export async function abandonMigration(
  ctx: Convergence,
  instance: InstanceRow,
  error: IsolaError,
): Promise<boolean> {
  const { id, host_id: source, migration_target: target } = instance;
  if (source === null || target === null) return true;
  const connected = ctx.fleet.connected();
  if (!connected.includes(source) || !(await runsOn(ctx, source, id))) {
    if (!connected.includes(target) || !(await runsOn(ctx, target, id))) return false;
    await settleOn(ctx, instance, target);
    return true;
  }
  await giveUp(ctx, instance, error);
  return true;
}

async function giveUp(ctx: Convergence, instance: InstanceRow, error: IsolaError): Promise<void> {
  const { id } = instance;
  await ctx.db.transaction().execute(async tx => {
    await clearTarget(tx, instance);
    await raiseAlert(tx, {
      name: 'ALERT.USERVM.MIGRATE',
      description: `Instance ${instance.name} (${instance.internal_name}) could not be moved: ${error.message}`,
      subjectId: id,
      zoneId: instance.zone_id,
    });
    await ctx.jobs.fail(tx, id, { generation: instance.generation, error });
  });
  ctx.fault('instance.migrate.abandoned');
  await leaveTarget(ctx, instance);
}

async function clearTarget(tx: Db, instance: InstanceRow): Promise<void> {
  await tx
    .updateTable('instances')
    .set({ migration_target: null, last_updated: new Date() })
    .where('id', '=', instance.id)
    .execute();
}

/** What fails here is found by the next comparison of the target. */
async function leaveTarget(ctx: Convergence, instance: InstanceRow): Promise<void> {
  const { id, host_id: source, migration_target: target } = instance;
  if (target === null || target === source || (await isDead(ctx.db, target))) return;
  try {
    await ctx.fleet.of(target).forgetGuest(id);
  } catch (error) {
    ctx.log.info({ err: error, instance: id, host: target }, 'an instance is forgotten later');
  }
  await leaveHost(ctx, id, target);
}
