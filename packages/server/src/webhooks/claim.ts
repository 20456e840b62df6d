import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../store/database.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../store/schema.ts';

/** A delivery that this server makes, with where it goes. */
export type Claimed = WebhookDeliveryRow & { readonly webhook: WebhookRow };

/** What is being delivered: of a claimed row its owner may be rid before its receiver has answered. */
export type Underway = Pick<WebhookRow, 'id' | 'account_id'>;

interface Room {
  /** Deliveries that can be begun. */
  readonly free: number;
  /** Deliveries of one account at once: slow receivers of one account leave room for those of others. */
  readonly ofAccount: number;
  readonly underway: readonly Underway[];
}

/** Seconds that a claim lasts: the longest that a receiver may be given, and some. */
const claimSeconds = 310;

/**
 * Webhooks with something to deliver, and the oldest of it: `webhook_id`, `id`, `seq`, `next_try`, `claimed_until`. Steps from
 * webhook to webhook in the index: what else waits behind the oldest costs nothing.
 */
export const waitingHeads = (): RawBuilder<unknown> => sql`
  (select webhook_id, id, seq, next_try, claimed_until from webhook_deliveries where ended is null
    order by webhook_id, seq limit 1)
  union all
  select n.webhook_id, n.id, n.seq, n.next_try, n.claimed_until from waiting p cross join lateral (
    select webhook_id, id, seq, next_try, claimed_until from webhook_deliveries
    where ended is null and webhook_id > p.webhook_id order by webhook_id, seq limit 1) n`;

/**
 * Gives up what a server that died had claimed: it is delivered again, and the try does not count. For a server that has claimed nothing
 * yet; as one server at a time works with a database, no other has.
 */
export async function releaseClaims(db: Db): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set(eb => ({ claimed_until: null, tries: eb('tries', '-', 1) }))
    .where('ended', 'is', null)
    .where('claimed_until', 'is not', null)
    .execute();
}

/** The oldest waiting delivery of webhooks that nobody is delivering, those of accounts with the fewest underway first. */
export async function claim(db: Db, { free, ofAccount, underway }: Room): Promise<Claimed[]> {
  const webhooks = underway.map(({ id }) => id);
  const accounts = underway.map(({ account_id }) => account_id);
  return db.transaction().execute(async tx => {
    const { rows } = await sql<{ id: string }>`
      with recursive waiting as (${waitingHeads()}),
      underway as (
        select account_id, count(*) as count from unnest(${accounts}::uuid[]) as account_id group by account_id),
      placed as (
        select q.id, coalesce(u.count, 0) + row_number() over (partition by w.account_id order by q.seq) as place
        from waiting q join webhooks w on w.id = q.webhook_id and w.state = 'Enabled'
        left join underway u on u.account_id = w.account_id
        where q.next_try <= now() and (q.claimed_until is null or q.claimed_until < now())
          and q.webhook_id <> all(${webhooks}::uuid[]))
      select d.id from placed join webhook_deliveries d on d.id = placed.id where placed.place <= ${ofAccount}
        -- Again, of the row as it is when it is locked: another server may have claimed it since.
        and d.ended is null and d.next_try <= now() and (d.claimed_until is null or d.claimed_until < now())
      order by placed.place, d.seq limit ${free} for update of d skip locked`.execute(tx);
    if (rows.length === 0) return [];
    const deliveries = await tx
      .updateTable('webhook_deliveries')
      .set(eb => ({
        claimed_until: sql<Date>`now() + make_interval(secs => ${claimSeconds})`,
        tries: eb('tries', '+', 1),
      }))
      .where(
        'id',
        'in',
        rows.map(row => row.id),
      )
      .returningAll()
      .execute();
    const receivers = await tx
      .selectFrom('webhooks')
      .selectAll()
      .where(
        'id',
        'in',
        deliveries.map(delivery => delivery.webhook_id),
      )
      .execute();
    return deliveries.flatMap(delivery => {
      const webhook = receivers.find(({ id }) => id === delivery.webhook_id);
      return webhook === undefined ? [] : [{ ...delivery, webhook }];
    });
  });
}
