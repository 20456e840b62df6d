import { identified, inScope, listScope, ownerOf } from '../../access/access.ts';
import { ownedRow } from '../../access/owned-row.ts';
import { requireRoom } from '../../access/room.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { WebhookRow } from '../../store/schema.ts';
import { selectWebhooks } from './repository.ts';
import { webhookResponse } from './response.ts';
import { requireAllowed } from './validate.ts';

export const webhookCommands = {
  createWebhook: {
    kind: 'sync',
    async run(call, params) {
      const { account, domain } = await ownerOf(call, params);
      const wanted = {
        payload_url: params.payloadurl,
        ssl_verification: params.sslverification ?? false,
        scope: scopeOf(params.scope) ?? 'Local',
      };
      requireAllowed(call, wanted);
      await requireRoom(call, 'webhooks', account.id);
      const { id } = await call.tx
        .insertInto('webhooks')
        .values({
          ...wanted,
          account_id: account.id,
          domain_id: domain.id,
          name: params.name,
          description: params.description ?? null,
          state: stateOf(params.state) ?? 'Enabled',
          secret_key: sealed(call, params.secretkey),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return show(call, id);
    },
  },
  updateWebhook: {
    kind: 'sync',
    async run(call, params) {
      const webhook = await ownedRow(call, 'webhooks', { parameter: 'id', id: params.id });
      const wanted = {
        payload_url: params.payloadurl ?? webhook.payload_url,
        ssl_verification: params.sslverification ?? webhook.ssl_verification,
        scope: scopeOf(params.scope) ?? webhook.scope,
      };
      requireAllowed(call, wanted);
      await call.tx
        .updateTable('webhooks')
        .set({
          ...wanted,
          name: params.name ?? webhook.name,
          description: params.description ?? webhook.description,
          state: stateOf(params.state) ?? webhook.state,
          secret_key: sealed(call, params.secretkey) ?? webhook.secret_key,
        })
        .where('id', '=', webhook.id)
        .execute();
      return show(call, webhook.id);
    },
  },
  deleteWebhook: {
    kind: 'sync',
    async run(call, params) {
      const { id } = await ownedRow(call, 'webhooks', { parameter: 'id', id: params.id });
      await call.tx.deleteFrom('webhooks').where('id', '=', id).execute();
      return { success: true };
    },
  },
  listWebhooks: {
    kind: 'sync',
    async run(call, params) {
      let query = selectWebhooks(call.tx)
        .where(inScope(await listScope(call, params), 'webhooks'))
        .orderBy('webhooks.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'webhooks'));
      if (params.name !== undefined) query = query.where('webhooks.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('webhooks.name', params.keyword));
      const scope = scopeOf(params.scope);
      if (scope !== undefined) query = query.where('webhooks.scope', '=', scope);
      const state = stateOf(params.state);
      if (state !== undefined) query = query.where('webhooks.state', '=', state);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(row => webhookResponse(row, call.secrets)) };
    },
  },
} satisfies Partial<Handlers>;

async function show(call: Call, id: string) {
  const row = await selectWebhooks(call.tx).where('webhooks.id', '=', id).executeTakeFirstOrThrow();
  return webhookResponse(row, call.secrets);
}

function sealed(call: Call, secret: string | undefined): string | null {
  return secret === undefined ? null : call.secrets.encrypt(secret);
}

function scopeOf(text: string | undefined): WebhookRow['scope'] | undefined {
  return text === 'Local' || text === 'Domain' || text === 'Global' ? text : undefined;
}

function stateOf(text: string | undefined): WebhookRow['state'] | undefined {
  return text === 'Enabled' || text === 'Disabled' ? text : undefined;
}
