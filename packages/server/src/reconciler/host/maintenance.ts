import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import { hostGeneration } from '../../features/host/generation.ts';
import type { HostRow, InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { placeInstance } from '../instance/place.ts';
import { placeRouter } from '../network/router-host.ts';

/**
 * A host that is prepared for maintenance is emptied: running guests are moved, routers replaced, elsewhere. With nothing left it is in
 * maintenance; with nothing left but what cannot go, the preparation has failed, and an alert says why.
 */
export async function prepareMaintenance(ctx: Convergence, host: HostRow): Promise<void> {
  const left = await emptyHost(ctx, host);
  if (left.moving > 0) return;
  if (left.blockers.length > 0) return failPreparation(ctx, host, left.blockers);
  await ctx.db.transaction().execute(async tx => {
    const emptied = await tx
      .updateTable('hosts')
      .set({ resource_state: 'Maintenance' })
      .where('id', '=', host.id)
      .where('resource_state', '=', 'PrepareForMaintenance')
      .where(
        sql<boolean>`not exists (select 1 from instances where ${host.id} in (host_id, migration_target))`,
      )
      .where(
        sql<boolean>`not exists (select 1 from routers where host_id = ${host.id} and state <> 'Stopped')`,
      )
      .returning('id')
      .executeTakeFirst();
    if (emptied === undefined) return;
    await resolveAlerts(tx, 'ALERT.COMPUTE.HOST', host.id);
    await ctx.jobs.complete(tx, host.id, hostGeneration);
  });
  ctx.fault('host.maintenance.recorded');
}

interface Left {
  /** Things that are on their way. */
  readonly moving: number;
  /** Why each of the others does not go. */
  readonly blockers: readonly string[];
}

async function emptyHost(ctx: Convergence, host: HostRow): Promise<Left> {
  const blockers: string[] = [];
  let moving = 0;
  const instances = await ctx.db
    .selectFrom('instances')
    .selectAll()
    .where(sql<boolean>`${host.id} in (host_id, migration_target)`)
    .orderBy('seq')
    .execute();
  for (const instance of instances) {
    const blocker = await moveInstance(ctx, host, instance);
    if (blocker === null) moving += 1;
    else blockers.push(blocker);
  }
  const routers = await ctx.db
    .selectFrom('routers')
    .select(['id', 'name', 'network_id'])
    .where('host_id', '=', host.id)
    .where('state', '<>', 'Stopped')
    .orderBy('seq')
    .execute();
  for (const router of routers) {
    const blocker = await moveRouter(ctx, host, router);
    if (blocker === null) moving += 1;
    else blockers.push(blocker);
  }
  return { moving, blockers };
}

/** Asks for an instance to be moved, once; gives why it cannot be. */
async function moveInstance(
  ctx: Convergence,
  host: HostRow,
  instance: InstanceRow,
): Promise<string | null> {
  const { id, name, state, migration_target: target } = instance;
  if (state !== 'Running' || target !== null || instance.desired_state !== 'Running') {
    ctx.wake('instance', id);
    return null;
  }
  const asked = ctx.askedToLeave.get(host.id) ?? new Set<string>();
  ctx.askedToLeave.set(host.id, asked);
  if (asked.has(id)) return openFailure(ctx, id);
  try {
    await ctx.db.transaction().execute(async tx => {
      const place = await placeInstance(tx, instance, { moves: true, avoid: [host.id] });
      await tx
        .updateTable('instances')
        .set(eb => ({ migration_target: place.id, generation: eb('generation', '+', 1) }))
        .where('id', '=', id)
        .where('host_id', '=', host.id)
        .where('state', '=', 'Running')
        .where('desired_state', '=', 'Running')
        .where('migration_target', 'is', null)
        .execute();
    });
  } catch (error) {
    if (error instanceof IsolaError) return `instance ${name}: ${error.message}`;
    throw error;
  }
  asked.add(id);
  ctx.fault('host.maintenance.moves');
  ctx.wake('instance', id);
  return null;
}

/** Why the instance could not be moved when that was last tried. */
async function openFailure({ db }: Convergence, instanceId: string): Promise<string | null> {
  const alert = await db
    .selectFrom('alerts')
    .select('description')
    .where('name', '=', 'ALERT.USERVM.MIGRATE')
    .where('subject_id', '=', instanceId)
    .where('resolved', 'is', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return alert?.description ?? null;
}

/** Asks for a router to be replaced, once; gives why no other host can take it. */
async function moveRouter(
  ctx: Convergence,
  host: HostRow,
  router: { readonly id: string; readonly name: string; readonly network_id: string },
): Promise<string | null> {
  try {
    await ctx.db.transaction().execute(async tx => {
      const network = await tx
        .selectFrom('networks')
        .selectAll()
        .where('id', '=', router.network_id)
        .forNoKeyUpdate()
        .executeTakeFirstOrThrow();
      const asked = network.replace_generation > network.applied_generation;
      if (asked || network.state !== 'Implemented' || network.desired_state !== 'Implemented')
        return;
      await placeRouter(tx, network, { avoid: [host.id], self: router.id });
      await tx
        .updateTable('networks')
        .set({ generation: network.generation + 1, replace_generation: network.generation + 1 })
        .where('id', '=', network.id)
        .execute();
    });
  } catch (error) {
    if (error instanceof IsolaError) return `router ${router.name}: ${error.message}`;
    throw error;
  }
  ctx.fault('host.maintenance.replaces');
  ctx.wake('network', router.network_id);
  return null;
}

async function failPreparation(
  ctx: Convergence,
  host: HostRow,
  blockers: readonly string[],
): Promise<void> {
  const reason = `Host ${host.name} cannot be emptied: ${blockers.join('; ')}`;
  await ctx.db.transaction().execute(async tx => {
    const failed = await tx
      .updateTable('hosts')
      .set({ resource_state: 'ErrorInMaintenance' })
      .where('id', '=', host.id)
      .where('resource_state', '=', 'PrepareForMaintenance')
      .returning('id')
      .executeTakeFirst();
    if (failed === undefined) return;
    await resolveAlerts(tx, 'ALERT.COMPUTE.HOST', host.id);
    await raiseAlert(tx, {
      name: 'ALERT.COMPUTE.HOST',
      description: reason,
      subjectId: host.id,
      zoneId: host.zone_id,
    });
    const error = new IsolaError('in_use', { reason });
    await ctx.jobs.fail(tx, host.id, { generation: hostGeneration, error });
  });
  ctx.askedToLeave.delete(host.id);
  ctx.fault('host.maintenance.failed');
}
