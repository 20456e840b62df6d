import { randomUUID } from 'node:crypto';
import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, inScope, listScope, requireOwner, unknownId } from '../../access/access.ts';
import { ownedRow } from '../../access/owned-row.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { managementServer } from '../../identity/management-server.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { WebhookRow } from '../../store/schema.ts';
import { sendFor } from '../../webhooks/deliver.ts';
import { thinOutMade } from '../../webhooks/thin-out.ts';
import { selectDeliveries } from './repository.ts';
import { deliveryResponse } from './response.ts';
import { requireReceiver } from './validate.ts';

export const webhookDeliveryCommands = {
  listWebhookDeliveries: {
    kind: 'sync',
    async run(call, params) {
      const scope = await listScope(call, { listall: true });
      let query = selectDeliveries(call.tx)
        .where(inScope({ ...scope, projects: 'included' }, 'webhooks'))
        .where('webhook_deliveries.ended', 'is not', null)
        .orderBy('webhook_deliveries.seq', 'desc');
      for (const filter of filters(params)) query = query.where(filter);
      if (params.eventtype !== undefined)
        query = query.where('webhook_deliveries.event_type', '=', params.eventtype);
      if (params.keyword !== undefined)
        query = query.where(containing('webhook_deliveries.payload', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      const server = await managementServer(call.tx);
      return { count, items: rows.map(row => deliveryResponse(row, server)) };
    },
  },
  deleteWebhookDelivery: {
    kind: 'sync',
    async run(call, params) {
      if (Object.keys(params).length === 0)
        throw new IsolaError('refused_value', {
          reason: 'id, webhookid, startdate or enddate must be specified',
        });
      if (params.webhookid !== undefined)
        await ownedRow(call, 'webhooks', { parameter: 'webhookid', id: params.webhookid });
      const scope = await listScope(call, { listall: true });
      let query = selectDeliveries(call.tx).where(
        inScope({ ...scope, projects: 'included' }, 'webhooks'),
      );
      for (const filter of filters(params)) query = query.where(filter);
      const chosen = query.clearSelect().select('webhook_deliveries.id');
      const { numDeletedRows } = await call.tx
        .deleteFrom('webhook_deliveries')
        .where('id', 'in', chosen)
        .executeTakeFirstOrThrow();
      if (params.id !== undefined && Number(numDeletedRows) === 0)
        throw unknownId(call, { parameter: 'id', id: params.id });
      return { success: true };
    },
  },
  executeWebhookDelivery: {
    kind: 'sync',
    waitsOutside: true,
    run: execute,
  },
} satisfies Partial<Handlers>;

function* filters(params: ParamsOf<'deleteWebhookDelivery'>): Generator<Expression<SqlBool>> {
  if (params.id !== undefined) yield identified(params.id, 'webhook_deliveries');
  if (params.webhookid !== undefined) yield identified(params.webhookid, 'webhooks');
  if (params.startdate !== undefined)
    yield sql<SqlBool>`webhook_deliveries.started >= ${params.startdate}`;
  if (params.enddate !== undefined)
    yield sql<SqlBool>`webhook_deliveries.ended <= ${params.enddate}`;
}

/** What is sent to a webhook to try it. */
const trial = { event_id: null, event_type: 'TEST.WEBHOOK', payload: '{}' } as const;

/** Sends once, whatever the outcome; what belongs to a webhook is kept with its deliveries. */
async function execute(
  call: Call,
  params: ParamsOf<'executeWebhookDelivery'>,
): Promise<ResultOf<'executeWebhookDelivery'>> {
  const { webhook, again } = await subject(call, params);
  const receiver = {
    domain_id: webhook?.domain_id ?? call.caller.domain.id,
    payload_url: params.payloadurl ?? webhook?.payload_url ?? '',
    ssl_verification: params.sslverification ?? webhook?.ssl_verification ?? false,
    secret_key:
      params.secretkey === undefined
        ? (webhook?.secret_key ?? null)
        : call.secrets.encrypt(params.secretkey),
  };
  requireReceiver(receiver);
  const delivery = {
    ...trial,
    ...(params.payload === undefined ? {} : { payload: params.payload }),
    ...again,
    id: randomUUID(),
  };
  const started = new Date();
  const sent = await sendFor({ db: call.tx, secrets: call.secrets }, receiver, {
    delivery,
    signal: new AbortController().signal,
  });
  const done = { ...delivery, ...sent, tries: 1, started, ended: new Date() };
  const server = await managementServer(call.tx);
  if (webhook === null)
    return {
      id: done.id,
      eventtype: done.event_type,
      managementserverid: server.id,
      managementservername: server.name,
      headers: done.headers,
      payload: done.payload,
      success: done.success,
      response: done.response,
      startdate: done.started,
      enddate: done.ended,
    };
  const row = await call.tx
    .insertInto('webhook_deliveries')
    .values({ ...done, webhook_id: webhook.id })
    .returningAll()
    .executeTakeFirstOrThrow();
  await thinOutMade(call.tx, webhook.id);
  return deliveryResponse({ ...row, webhook_name: webhook.name }, server);
}

/** The webhook that is meant, and what is to be sent again. 431 when neither a delivery, a webhook nor a URL is named. */
async function subject(call: Call, params: ParamsOf<'executeWebhookDelivery'>) {
  if (params.id !== undefined) {
    const named = { parameter: 'id', id: params.id };
    const delivery = await call.tx
      .selectFrom('webhook_deliveries')
      .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
      .selectAll('webhooks')
      .select(['event_id', 'event_type', 'payload'])
      .where(identified(params.id, 'webhook_deliveries'))
      .executeTakeFirst();
    if (delivery === undefined) throw unknownId(call, named);
    await requireOwner(call, delivery, `webhook delivery ${params.id}`);
    const { event_id, event_type, payload, ...webhook } = delivery;
    return { webhook, again: { event_id, event_type, payload } };
  }
  if (params.webhookid !== undefined) {
    const named = { parameter: 'webhookid', id: params.webhookid };
    const webhook: WebhookRow = await ownedRow(call, 'webhooks', named);
    return { webhook, again: {} };
  }
  if (params.payloadurl === undefined)
    throw new IsolaError('refused_value', {
      reason: 'id, webhookid or payloadurl must be specified',
    });
  return { webhook: null, again: {} };
}
