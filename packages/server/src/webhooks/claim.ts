import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../store/database.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../store/schema.ts';

/** A delivery that this server makes, with where it goes. */
export type Claimed = WebhookDeliveryRow & { readonly webhook: WebhookRow };

/** What is being delivered: of a claimed row its owner may be rid before its receiver has answered. */
export type Underway = Pick<WebhookRow, 'id' | 'account_id' | 'domain_id'>;

interface Room {
  /** Deliveries that can be begun. */
  readonly free: number;
  /** Deliveries of one account at once: slow receivers of one account leave room for those of others. */
  readonly ofAccount: number;
  /** Deliveries of one tenant at once: a domain below ROOT with all that is below it, or an account of ROOT. Its accounts together leave room, too. */
  readonly ofTenant: number;
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

const tenantOf = (path: RawBuilder<unknown>, account: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`coalesce(nullif(split_part(${path}, '/', 2), ''), ${account}::text)`;

/**
 * The oldest waiting delivery of webhooks that nobody is delivering: those of tenants with the fewest underway first, and of their accounts with the
 * fewest.
 */
export async function claim(
  db: Db,
  { free, ofAccount, ofTenant, underway }: Room,
): Promise<Claimed[]> {
  const webhooks = underway.map(({ id }) => id);
  const accounts = underway.map(({ account_id }) => account_id);
  const domains = underway.map(({ domain_id }) => domain_id);
  return db.transaction().execute(async tx => {
    const { rows } = await sql<{ id: string }>`
      with recursive waiting as (${waitingHeads()}),
      underway as (
        select u.account_id, ${tenantOf(sql`d.path`, sql`u.account_id`)} as tenant
        from unnest(${accounts}::uuid[], ${domains}::uuid[]) as u(account_id, domain_id) left join domains d on d.id = u.domain_id),
      of_accounts as (select account_id, count(*) as count from underway group by account_id),
      of_tenants as (select tenant, count(*) as count from underway group by tenant),
      waiting_of_accounts as (
        select q.id, q.seq, ${tenantOf(sql`d.path`, sql`w.account_id`)} as tenant,
          coalesce(u.count, 0) + row_number() over (partition by w.account_id order by q.seq) as place
        from waiting q join webhooks w on w.id = q.webhook_id and w.state = 'Enabled' join domains d on d.id = w.domain_id
        left join of_accounts u on u.account_id = w.account_id
        where q.next_try <= now() and (q.claimed_until is null or q.claimed_until < now())
          and q.webhook_id <> all(${webhooks}::uuid[])),
      placed as (
        select q.id, q.place, coalesce(u.count, 0) + row_number() over (partition by q.tenant order by q.place, q.seq) as place_of_tenant
        from waiting_of_accounts q left join of_tenants u on u.tenant = q.tenant where q.place <= ${ofAccount})
      select d.id from placed join webhook_deliveries d on d.id = placed.id where placed.place_of_tenant <= ${ofTenant}
        -- Again, of the row as it is when it is locked: another server may have claimed it since.
        and d.ended is null and d.next_try <= now() and (d.claimed_until is null or d.claimed_until < now())
      order by placed.place_of_tenant, placed.place, d.seq limit ${free} for update of d skip locked`.execute(
      tx,
    );
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
