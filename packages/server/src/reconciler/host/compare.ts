import type { Inventory } from '@isola/agent-protocol';
import { sql } from 'kysely';
import type { InstanceRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { routerAnswered } from '../network/reachability.ts';
import { compareSegments } from './compare-segments.ts';
import { checkLargestPackets } from './largest-packets.ts';
import { releaseStayed } from './lost.ts';

export interface Comparison {
  readonly hostId: string;
  /** Whether the host has been away: guests that are being worked on are waited for, instead of left for the next time. */
  readonly returned: boolean;
  /** Gets what was running before, and the host does not run. */
  readonly missing: (ctx: Convergence, id: string, hostId: string) => Promise<void>;
  /** Called when nothing runs on the host any more that lives elsewhere now. */
  readonly cleared: () => Promise<void>;
}

/**
 * Compares what is on a host with the rows. What the host has and no row owns afterwards belongs to nobody, because a row is
 * written before, and deleted after, the thing it stands for; the same holds for the host that the row names. Throws when
 * something that lives elsewhere could not be removed.
 */
export async function compareHost(
  ctx: Convergence,
  { hostId, returned, missing, cleared }: Comparison,
): Promise<void> {
  const expected = await runningRows(ctx, hostId);
  const inventory = await ctx.fleet.of(hostId).inventory();
  await compareRouters(ctx, hostId, inventory);
  for (const guest of await guestsInDoubt(ctx, hostId, inventory.guests)) {
    const compare = () => compareGuest(ctx, hostId, guest);
    if (returned) await ctx.locks.run(keyOf(guest), compare);
    else await ctx.locks.tryRun(keyOf(guest), compare);
  }
  await releaseStayed(ctx, hostId);
  ctx.fault('host.compare.cleared');
  await cleared();
  await checkLargestPackets(ctx, hostId);
  await compareSegments(ctx, hostId, inventory);
  await freeStrayTags(ctx);
  const found = [...inventory.routers, ...inventory.guests].filter(one => one.running);
  const running = new Set(found.map(one => one.id));
  for (const id of expected) if (!running.has(id)) await missing(ctx, id, hostId);
}

/** Guests that are being moved may be on either host. */
async function runningRows({ db }: Convergence, hostId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from routers where state = 'Running' and host_id = ${hostId}
    union all select id from instances
      where state = 'Running' and host_id = ${hostId} and migration_target is null`.execute(db);
  return rows.map(row => row.id);
}

async function compareRouters(
  ctx: Convergence,
  hostId: string,
  inventory: Inventory,
): Promise<void> {
  const rows = await ctx.db
    .selectFrom('routers')
    .select(['id', 'network_id', 'reachable'])
    .where('host_id', '=', hostId)
    .execute();
  const owned = new Map(rows.map(row => [row.id, row]));
  for (const { id, running, reachable } of inventory.routers) {
    const row = owned.get(id);
    if (row === undefined) {
      ctx.log.warn({ router: id, hostId }, 'removing a router that does not belong to the host');
      const destroyed = ctx.fleet.of(hostId).destroyRouter(id);
      await (running ? destroyed : tolerating(ctx, destroyed));
      continue;
    }
    // That a link is down is told by the host when it gave up on it: just after a start none is up yet.
    if (!running || !reachable || row.reachable) continue;
    await routerAnswered(ctx.db, id);
    ctx.wake('network', row.network_id);
  }
}

type Place = Pick<
  InstanceRow,
  'host_id' | 'last_host_id' | 'migration_target' | 'state' | 'desired_state'
>;

type Guest = Inventory['guests'][number];

const keyOf = (guest: Guest): string => `instance ${guest.id}`;

/** Guests whose rows are read with one statement. */
const batch = 500;

/** Guests that may not stay as they are, and those that are being worked on. Of nearly all it is seen without a look at each. */
async function guestsInDoubt(
  ctx: Convergence,
  hostId: string,
  guests: readonly Guest[],
): Promise<Guest[]> {
  const doubtful: Guest[] = [];
  for (let at = 0; at < guests.length; at += batch) {
    const some = guests.slice(at, at + batch);
    await ctx.locks.runFree(some.map(keyOf), async free => {
      const rows = await readPlaces(
        ctx,
        some.map(guest => guest.id),
      );
      const idle = new Set(free);
      for (const guest of some)
        if (!idle.has(keyOf(guest)) || !isRight(guest, rows.get(guest.id), hostId))
          doubtful.push(guest);
    });
  }
  return doubtful;
}

async function readPlaces(
  { db }: Convergence,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Place>> {
  const rows = await db
    .selectFrom('instances')
    .select(['id', 'host_id', 'last_host_id', 'migration_target', 'state', 'desired_state'])
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .execute();
  return new Map(rows.map(row => [row.id, row]));
}

function isRight({ running }: Guest, row: Place | undefined, hostId: string): boolean {
  const right = rightOf(row, hostId);
  return right === 'stays' || (right === 'stops' && !running);
}

async function compareGuest(ctx: Convergence, hostId: string, guest: Guest): Promise<void> {
  const { id, running } = guest;
  const row = (await readPlaces(ctx, [id])).get(id);
  if (isRight(guest, row, hostId)) return;
  const right = rightOf(row, hostId);
  ctx.log.warn({ guest: id, hostId }, `a guest ${right} that is not to run on the host`);
  const agent = ctx.fleet.of(hostId);
  const done =
    right === 'stops'
      ? agent.stopGuest(id, true)
      : right === 'is forgotten'
        ? agent.forgetGuest(id)
        : agent.destroyGuest(id);
  await (running ? done : tolerating(ctx, done));
}

type Right = 'stays' | 'stops' | 'is forgotten' | 'is destroyed';

/** What is to become of a guest that a host has. A disk that it may need elsewhere is never destroyed. */
function rightOf(row: Place | undefined, hostId: string): Right {
  if (row === undefined) return 'is destroyed';
  // It stayed with its host when that was down.
  if (row.host_id === hostId && row.state === 'Stopped' && row.desired_state === 'Stopped')
    return 'stops';
  if (row.host_id === hostId || row.migration_target === hostId) return 'stays';
  if (row.host_id !== null) return 'is forgotten';
  if (row.last_host_id === hostId) return 'stops';
  return row.last_host_id === null ? 'is destroyed' : 'is forgotten';
}

/** Dynamically chosen tags of networks that are not implemented. */
async function freeStrayTags({ db }: Convergence): Promise<void> {
  await sql`delete from vlan_tags using networks where networks.id = vlan_tags.network_id
    and networks.state = 'Allocated' and networks.requested_vlan is null and networks.vlan is null`.execute(
    db,
  );
}

/** What does not run and cannot be removed now is a stray at the next comparison, too. */
async function tolerating(ctx: Convergence, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    ctx.log.warn({ err: error }, 'a stray could not be removed');
  }
}
