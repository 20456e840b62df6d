import { sql } from 'kysely';
import type { Logger } from 'pino';
import { sitesOf } from '../features/setting/text-registry.ts';
import { setting, settingAt, textSetting } from '../features/setting/value.ts';
import type { SecretBox } from '../identity/secret.ts';
import type { Db } from '../store/database.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../store/schema.ts';
import { type Sent, send } from './send.ts';

export interface Delivering {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly log: Logger;
}

/** Deliveries of one webhook that wait; of more the oldest are given up. */
const longestQueue = 1000;
/** Seconds before the second try; each further one waits four times as long, an hour at most. */
const firstPause = 1;
/** Seconds that a claim outlives the time a receiver has. */
const claimMargin = 10;
const lookEvery = 500;

/** Delivers what waits, from now on: webhooks beside one another, the deliveries of each in their order. Returns what stops it. */
export function startDelivering(delivering: Delivering): () => Promise<void> {
  const { db, log } = delivering;
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();
  let looking = Promise.resolve();
  const look = async (): Promise<void> => {
    const room = (await setting(db, 'webhook.delivery.thread.pool.size')) - running.size;
    if (room <= 0 || stopped.signal.aborted) return;
    for (const delivery of await claim(db, room)) {
      const work = attempt(delivering, delivery, stopped.signal)
        .catch((error: unknown) => log.error({ err: error }, 'a webhook could not be delivered'))
        .finally(() => {
          running.delete(work);
          // The webhook's next one need not wait.
          lookAgain();
        });
      running.add(work);
    }
  };
  const lookAgain = (): void => {
    looking = looking.then(look).catch((error: unknown) => {
      log.error({ err: error }, 'webhooks could not be looked at');
    });
  };
  const timer = setInterval(lookAgain, lookEvery);
  return async () => {
    clearInterval(timer);
    stopped.abort();
    await looking;
    await Promise.all(running);
  };
}

type Claimed = WebhookDeliveryRow & { readonly webhook: WebhookRow };

/** The oldest waiting delivery of each webhook that nobody is delivering. */
async function claim(db: Db, room: number): Promise<Claimed[]> {
  return db.transaction().execute(async tx => {
    const { rows } = await sql<{ id: string }>`
      select d.id from webhook_deliveries d join webhooks w on w.id = d.webhook_id and w.state = 'Enabled'
      where d.ended is null and d.next_try <= now() and (d.claimed_until is null or d.claimed_until < now())
        and not exists (select from webhook_deliveries o where o.webhook_id = d.webhook_id and o.ended is null and o.seq < d.seq)
      order by d.seq limit ${room} for update of d skip locked`.execute(tx);
    if (rows.length === 0) return [];
    const ids = rows.map(row => row.id);
    const longest = sql<Date>`now() + make_interval(secs => 300 + ${claimMargin})`;
    const deliveries = await tx
      .updateTable('webhook_deliveries')
      .set(eb => ({ claimed_until: longest, tries: eb('tries', '+', 1) }))
      .where('id', 'in', ids)
      .returningAll()
      .execute();
    const webhooks = await tx
      .selectFrom('webhooks')
      .selectAll()
      .where(
        'id',
        'in',
        deliveries.map(delivery => delivery.webhook_id),
      )
      .execute();
    return deliveries.flatMap(delivery => {
      const webhook = webhooks.find(({ id }) => id === delivery.webhook_id);
      return webhook === undefined ? [] : [{ ...delivery, webhook }];
    });
  });
}

async function attempt(
  delivering: Delivering,
  delivery: Claimed,
  signal: AbortSignal,
): Promise<void> {
  const { db } = delivering;
  const domain = { scope: 'domain', id: delivery.webhook.domain_id } as const;
  const tries = await settingAt(db, 'webhook.delivery.tries', domain);
  const sent = await sendFor(delivering, delivery.webhook, { delivery, signal });
  // A server that stops cut it off: the next one makes it again.
  if (signal.aborted && !sent.success) {
    await db
      .updateTable('webhook_deliveries')
      .set(eb => ({ claimed_until: null, tries: eb('tries', '-', 1) }))
      .where('id', '=', delivery.id)
      .execute();
    return;
  }
  if (!sent.success && delivery.tries < tries) {
    const pause = Math.min(3600, firstPause * 4 ** (delivery.tries - 1));
    await db
      .updateTable('webhook_deliveries')
      .set({
        ...sent,
        claimed_until: null,
        next_try: sql<Date>`now() + make_interval(secs => ${pause})`,
      })
      .where('id', '=', delivery.id)
      .execute();
    return;
  }
  await db
    .updateTable('webhook_deliveries')
    .set({ ...sent, claimed_until: null, ended: sql<Date>`clock_timestamp()` })
    .where('id', '=', delivery.id)
    .execute();
  await thinOut(db, delivery.webhook_id);
}

interface Shot {
  readonly delivery: Pick<WebhookDeliveryRow, 'id' | 'event_id' | 'event_type' | 'payload'>;
  readonly signal: AbortSignal;
}

/** Sends a delivery once to where the webhook says. */
export async function sendFor(
  { db, secrets }: Pick<Delivering, 'db' | 'secrets'>,
  webhook: Pick<WebhookRow, 'domain_id' | 'payload_url' | 'secret_key' | 'ssl_verification'>,
  { delivery, signal }: Shot,
): Promise<Sent> {
  const domain = { scope: 'domain', id: webhook.domain_id } as const;
  return send(
    {
      url: webhook.payload_url,
      payload: delivery.payload,
      eventId: delivery.event_id ?? delivery.id,
      eventType: delivery.event_type,
      secretKey: webhook.secret_key === null ? null : secrets.decrypt(webhook.secret_key),
      sslVerification: webhook.ssl_verification,
    },
    {
      timeoutMs: (await settingAt(db, 'webhook.delivery.timeout', domain)) * 1000,
      allowed: sitesOf(await textSetting(db, 'webhook.allowed.internal.sites')),
      signal,
    },
  );
}

/** Keeps the newest of a webhook's deliveries that were made, and of those that wait. */
export async function thinOut(db: Db, webhookId: string): Promise<void> {
  const kept = await setting(db, 'webhook.deliveries.limit');
  await sql`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries where webhook_id = ${webhookId} and ended is not null
      order by seq desc offset ${kept})`.execute(db);
  await sql`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries where webhook_id = ${webhookId} and ended is null
      order by seq desc offset ${longestQueue})`.execute(db);
}
