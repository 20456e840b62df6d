import { sql } from 'kysely';
import type { Db } from '../store/database.ts';
import { transact } from '../store/transaction.ts';

/** What a router has counted on its public NIC since `epoch` began, in bytes. */
export interface Reading {
  readonly routerId: string;
  readonly epoch: string;
  readonly sent: number;
  readonly received: number;
}

const batch = 1000;

/**
 * Adds to the usage of networks what their routers counted since the readings before. A reading may come twice or late: within an
 * epoch only what is above the highest one seen counts. Readings of routers that are gone count nothing.
 */
export async function recordTraffic(db: Db, readings: readonly Reading[]): Promise<void> {
  for (let at = 0; at < readings.length; at += batch) {
    const some = readings.slice(at, at + batch);
    await transact(db, tx => addReadings(tx, some));
  }
}

/** Routers that carried nothing cost no write. */
async function addReadings(tx: Db, readings: readonly Reading[]): Promise<void> {
  const column = <T>(read: (one: Reading) => T): T[] => readings.map(read);
  const seen = sql`
    select r.id as router_id, s.epoch, max(s.sent) as sent, max(s.received) as received
    from unnest(${column(one => one.routerId)}::uuid[], ${column(one => one.epoch)}::text[],
      ${column(one => one.sent)}::bigint[], ${column(one => one.received)}::bigint[]) as s(router_id, epoch, sent, received)
    join routers r on r.id = s.router_id group by r.id, s.epoch`;
  await sql`
    insert into router_traffic select router_id, epoch, 0, 0 from (${seen}) seen order by router_id, epoch
    on conflict do nothing`.execute(tx);
  await sql`
    with seen as (${seen}), before as (
      select t.* from router_traffic t join seen using (router_id, epoch)
      where seen.sent > t.sent or seen.received > t.received order by t.router_id, t.epoch for update of t
    ), grown as (
      update router_traffic t set sent = greatest(t.sent, seen.sent), received = greatest(t.received, seen.received)
      from seen, before where (t.router_id, t.epoch) = (seen.router_id, seen.epoch)
        and (t.router_id, t.epoch) = (before.router_id, before.epoch)
      returning t.router_id, t.sent - before.sent as sent, t.received - before.received as received
    )
    insert into usage_traffic (network_id, account_id, account_name, domain_id, zone_id, name, sent, received)
    select n.id, a.id, a.name, a.domain_id, n.zone_id, n.name, sum(grown.sent), sum(grown.received)
    from grown join routers r on r.id = grown.router_id join networks n on n.id = r.network_id join accounts a on a.id = n.account_id
    group by n.id, a.id order by n.id
    on conflict (network_id) do update
      set sent = usage_traffic.sent + excluded.sent, received = usage_traffic.received + excluded.received`.execute(
    tx,
  );
}
