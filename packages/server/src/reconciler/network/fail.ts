import type { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { raiseAlert } from '../../events/alert.ts';
import type { AlertName } from '../../events/alert-types.ts';
import type { Db } from '../../store/database.ts';
import type { Convergence } from '../convergence.ts';
import { failInstance } from '../instance/fail.ts';
import { failPlugs } from '../instance/plugs.ts';
import { lockNetwork } from './facts.ts';

/**
 * An implementation cannot succeed: whoever waits for it is told why, and the network goes back to Allocated by way of Shutdown,
 * which undoes what was made. One whose creation still waits for it goes altogether: its caller never learnt its id.
 */
export async function failImplementation(
  ctx: Convergence,
  networkId: string,
  error: IsolaError,
): Promise<void> {
  const woken = await ctx.db.transaction().execute(async tx => {
    const network = await lockNetwork(tx, networkId);
    if (network === undefined || network.desired_state !== 'Implemented') return [];
    await tx
      .updateTable('networks')
      .set({
        state: 'Shutdown',
        desired_state: (await isBeingMade(tx, networkId)) ? 'Destroyed' : 'Allocated',
        failure: error.message,
      })
      .where('id', '=', networkId)
      .execute();
    await raiseAlert(tx, {
      name: alertOf(error),
      description: `Network ${network.name} could not be implemented: ${error.message}`,
      subjectId: networkId,
      zoneId: network.zone_id,
    });
    await ctx.jobs.fail(tx, networkId, { generation: network.generation, error });
    for (const id of await startingIn(tx, networkId)) await failInstance(ctx, tx, { id, error });
    const others = [];
    for (const id of await pluggingIn(tx, networkId))
      others.push(...(await failPlugs(ctx, tx, { id, error })));
    return others;
  });
  for (const id of woken) ctx.wake('network', id);
  ctx.fault('network.implement.failed');
}

async function isBeingMade(tx: Db, networkId: string): Promise<boolean> {
  const made = await tx
    .selectFrom('jobs')
    .select('id')
    .where('waits_id', '=', networkId)
    .where('command', '=', 'createNetwork')
    .where('status', '=', 0)
    .where(sql<boolean>`not exists (select 1 from nics where nics.network_id = ${networkId})`)
    .limit(1)
    .executeTakeFirst();
  return made !== undefined;
}

function alertOf({ code }: IsolaError): AlertName {
  if (code === 'insufficient_vlan') return 'ALERT.NETWORK.VLAN';
  if (code === 'insufficient_address') return 'ALERT.NETWORK.PUBLICIP';
  return 'ALERT.SERVICE.DOMAINROUTER';
}

async function startingIn(tx: Db, networkId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('instances')
    .select('id')
    .where('desired_state', '=', 'Running')
    .where('state', '=', 'Starting')
    .where(sql<boolean>`exists (select 1 from nics where nics.instance_id = instances.id
      and nics.network_id = ${networkId})`)
    .forUpdate()
    .execute();
  return rows.map(row => row.id);
}

/** Running instances that are to get a NIC in the network. */
async function pluggingIn(tx: Db, networkId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('instances')
    .select('id')
    .where('state', '=', 'Running')
    .where(sql<boolean>`exists (select 1 from nics where nics.instance_id = instances.id
      and nics.network_id = ${networkId} and nics.plug = 'In')`)
    .forUpdate()
    .execute();
  return rows.map(row => row.id);
}

/** Fails the jobs that have waited for a network or instance for longer than `patience` milliseconds. What they asked for stays asked for. */
export async function failOverdueJobs(
  ctx: Convergence,
  id: string,
  { error, patience }: { readonly error: IsolaError; readonly patience: number },
): Promise<void> {
  await ctx.db.transaction().execute(async tx => {
    const overdue = await tx
      .selectFrom('jobs')
      .select(eb => eb.fn.max('waits_generation').as('generation'))
      .where('waits_id', '=', id)
      .where('status', '=', 0)
      .where('created', '<', new Date(Date.now() - patience))
      .executeTakeFirst();
    const generation = overdue?.generation ?? null;
    if (generation !== null) await ctx.jobs.fail(tx, id, { generation, error });
  });
}
