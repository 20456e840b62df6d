import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import { setting } from '../../features/setting/value.ts';
import type { HostRow, HostState } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { networksOn } from '../segments/carriers.ts';

/** What is known of a host whose agent is not connected. */
export interface Absence {
  readonly state: HostState;
  /** Seconds. */
  readonly away: number;
  /** Hosts that could be asked whether they reach it. */
  readonly asked: number;
  /** Whether one of them does. */
  readonly reached: boolean;
}

export interface Patience {
  /** Seconds until a host that others reach, or about which none can be asked, is in `Alert`. */
  readonly alertAfter: number;
  /** Seconds until one that others were asked about, and none reaches, is `Down`. */
  readonly downAfter: number;
}

/** The state that a host enters; `null`: it stays as it is. */
export function judge(host: Absence, { alertAfter, downAfter }: Patience): 'Alert' | 'Down' | null {
  if (host.state !== 'Disconnected' && host.state !== 'Alert') return null;
  if (host.asked > 0 && !host.reached) return host.away >= downAfter ? 'Down' : null;
  return host.state === 'Disconnected' && host.away >= alertAfter ? 'Alert' : null;
}

/** Looks at the hosts that are away: `since` is when this server began to watch, and no host is away for longer. */
export async function watchAbsent(ctx: Convergence, since: Date): Promise<void> {
  const connected = new Set(ctx.fleet.connected());
  const absent = await ctx.db
    .selectFrom('hosts')
    .selectAll()
    .where('is_local', '=', false)
    .where('state', 'in', ['Disconnected', 'Alert'])
    .where('disconnected', 'is not', null)
    .execute();
  if (absent.length === 0) return;
  const patience = {
    alertAfter: await setting(ctx.db, 'host.alert.after'),
    downAfter: await setting(ctx.db, 'host.down.after'),
  };
  const looks = absent
    .filter(host => !connected.has(host.id))
    .map(async host => {
      const lost = Math.max(host.disconnected?.getTime() ?? 0, since.getTime());
      const away = (Date.now() - lost) / 1000;
      if (away < Math.min(patience.alertAfter, patience.downAfter)) return;
      const state = judge(
        { state: host.state, away, ...(await askNeighbours(ctx, host)) },
        patience,
      );
      if (state !== null) await enter(ctx, host, state);
    });
  const failed = (await Promise.allSettled(looks)).find(look => look.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Asks the hosts of the zone that are up; one that cannot tell was not asked. */
async function askNeighbours(
  { db, fleet }: Convergence,
  host: HostRow,
): Promise<Pick<Absence, 'asked' | 'reached'>> {
  const connected = new Set(fleet.connected());
  const neighbours = await db
    .selectFrom('hosts')
    .select('id')
    .where('zone_id', '=', host.zone_id)
    .where('id', '<>', host.id)
    .where('state', '=', 'Up')
    .execute();
  const address = host.underlay_address ?? host.address;
  const answers = await Promise.allSettled(
    neighbours.filter(({ id }) => connected.has(id)).map(({ id }) => fleet.of(id).reaches(address)),
  );
  const given = answers.filter(answer => answer.status === 'fulfilled');
  return { asked: given.length, reached: given.some(answer => answer.value) };
}

const meaning = {
  Alert: 'has lost its agent; it is not known to be dead, and what runs there is left alone',
  Down: 'is down: its agent is lost, and no other host reaches it',
} as const;

async function enter(ctx: Convergence, host: HostRow, state: 'Alert' | 'Down'): Promise<void> {
  const carried = await networksOn(ctx.db, host.id);
  const entered = await ctx.db.transaction().execute(async tx => {
    const row = await tx
      .updateTable('hosts')
      .set({ state })
      .where('id', '=', host.id)
      .where('state', '=', host.state)
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return false;
    await resolveAlerts(tx, 'ALERT.COMPUTE.HOST', host.id);
    await raiseAlert(tx, {
      name: 'ALERT.COMPUTE.HOST',
      description: `Host ${host.name} ${meaning[state]}`,
      subjectId: host.id,
      zoneId: host.zone_id,
    });
    return true;
  });
  if (!entered) return;
  ctx.fault('host.state.entered');
  ctx.log.warn({ host: host.name, state }, 'host changed state');
  // The others need not send there any more.
  if (state === 'Down') for (const { id } of carried) ctx.wake('segment', id);
}
