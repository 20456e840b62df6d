import { sql } from 'kysely';
import { setting } from '../features/setting/value.ts';
import type { Db } from '../store/database.ts';
import { waitingHeads } from './claim.ts';

/** Deliveries of one webhook that wait; of more the oldest are given up. */
const longestQueue = 1000;

/** Keeps the newest of a webhook's deliveries that were made. */
export async function thinOutMade(db: Db, webhookId: string): Promise<void> {
  const kept = await setting(db, 'webhook.deliveries.limit');
  await sql`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries where webhook_id = ${webhookId} and ended is not null
      order by seq desc offset ${kept})`.execute(db);
}

/**
 * Keeps the newest deliveries that wait of every webhook: also of those to which none is made, as when it is disabled. Apart from
 * the events that make them: those must not wait for one another.
 */
export async function thinOutWaiting(db: Db): Promise<void> {
  await sql`
    with recursive waiting as (${waitingHeads()}),
    cut as (
      select waiting.webhook_id, last.seq from waiting cross join lateral (
        select seq from webhook_deliveries where webhook_id = waiting.webhook_id and ended is null
        order by seq desc offset ${longestQueue} limit 1) last)
    delete from webhook_deliveries d using cut
    where d.webhook_id = cut.webhook_id and d.ended is null and d.seq <= cut.seq
      and (d.claimed_until is null or d.claimed_until < now())`.execute(db);
}

/** Drops what was written for a webhook while it was deleted. */
export async function dropOrphans(db: Db): Promise<void> {
  await sql`delete from webhook_deliveries d
    where not exists (select from webhooks w where w.id = d.webhook_id)`.execute(db);
}
