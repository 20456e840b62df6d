import { sql } from 'kysely';
import type { Logger } from 'pino';
import { sitesOf } from '../features/setting/text-registry.ts';
import { setting, settingAt, textSetting } from '../features/setting/value.ts';
import type { SecretBox } from '../identity/secret.ts';
import type { Db } from '../store/database.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../store/schema.ts';
import { type Claimed, claim, releaseClaims, type Underway } from './claim.ts';
import { type Sent, send } from './send.ts';
import { thinOutMade, thinOutWaiting } from './thin-out.ts';

export interface Delivering {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly log: Logger;
  /** As `faultPoint`. */
  readonly fault: (point: string) => void;
}

/** An account has this part of the deliveries that are made at once, and one at least. */
const partOfAccount = 1 / 4;
/** So has a tenant with all its accounts. */
const partOfTenant = 1 / 2;
/** Seconds before the second try; each further one waits four times as long, an hour at most. */
const firstPause = 1;
const lookEvery = 500;
const thinOutEvery = 10_000;

/** Delivers what waits, from now on: webhooks beside one another, the deliveries of each in their order. Returns what stops it. */
export function startDelivering(delivering: Delivering): () => Promise<void> {
  const { db, log } = delivering;
  const stopped = new AbortController();
  const running = new Map<Promise<void>, Underway>();
  let looking = Promise.resolve();
  let isLookDue = false;
  const look = async (): Promise<void> => {
    isLookDue = false;
    const atOnce = await setting(db, 'webhook.delivery.thread.pool.size');
    const room = {
      free: atOnce - running.size,
      ofAccount: Math.max(1, Math.floor(atOnce * partOfAccount)),
      ofTenant: Math.max(1, Math.floor(atOnce * partOfTenant)),
      underway: [...running.values()],
    };
    if (room.free <= 0 || stopped.signal.aborted) return;
    const claimed = await claim(db, room);
    if (claimed.length > 0) delivering.fault('webhook.delivery.claimed');
    for (const delivery of claimed) {
      const work = attempt(delivering, delivery, stopped.signal)
        .catch((error: unknown) => log.error({ err: error }, 'a webhook could not be delivered'))
        .finally(() => {
          running.delete(work);
          // The webhook's next one need not wait.
          lookAgain();
        });
      running.set(work, delivery.webhook);
    }
  };
  const inTurn = (step: () => Promise<void>): void => {
    looking = looking.then(step).catch((error: unknown) => {
      log.error({ err: error }, 'webhooks could not be looked at');
    });
  };
  const lookAgain = (): void => {
    if (isLookDue) return;
    isLookDue = true;
    inTurn(look);
  };
  inTurn(() => releaseClaims(db));
  const timers = [
    setInterval(lookAgain, lookEvery),
    setInterval(() => inTurn(() => thinOutWaiting(db)), thinOutEvery),
  ];
  return async () => {
    timers.forEach(clearInterval);
    stopped.abort();
    await looking;
    await Promise.all(running.keys());
  };
}

async function attempt(
  delivering: Delivering,
  delivery: Claimed,
  signal: AbortSignal,
): Promise<void> {
  const { db, fault } = delivering;
  const domain = { scope: 'domain', id: delivery.webhook.domain_id } as const;
  const tries = await settingAt(db, 'webhook.delivery.tries', domain);
  const sent = await sendFor(delivering, delivery.webhook, { delivery, signal });
  fault('webhook.delivery.sent');
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
    fault('webhook.delivery.postponed');
    return;
  }
  await db
    .updateTable('webhook_deliveries')
    .set({ ...sent, claimed_until: null, ended: sql<Date>`clock_timestamp()` })
    .where('id', '=', delivery.id)
    .execute();
  fault('webhook.delivery.recorded');
  await thinOutMade(db, delivery.webhook_id);
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
