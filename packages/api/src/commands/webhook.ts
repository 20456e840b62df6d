import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { webhookDeliveryEntity, webhookEntity } from '../entities/webhook.ts';
import { param, required } from '../param.ts';
import { everyRole, ownerParams, pageParams, scopeParams } from './common.ts';

const scopes = { values: ['Local', 'Domain', 'Global'] } as const;
const states = { values: ['Enabled', 'Disabled'] } as const;
const url = { length: 1024 } as const;
/** Deliveries are not kept apart by the server that made them. */
const noServers = ['managementserverid'] as const;

export const createWebhook = defineCommand({
  name: 'createWebhook',
  description: 'Has events sent to a URL from now on',
  async: false,
  roles: everyRole,
  params: {
    ...ownerParams,
    description: param.text('Description', { length: 1024 }),
    name: param.text('Name', required),
    payloadurl: param.text('Where events are sent: http or https', { ...required, ...url }),
    scope: param.text(
      'Whose events: Local, of the account; Domain, of its domain and those below; Global, all',
      scopes,
    ),
    secretkey: param.text('Key that payloads are signed with'),
    sslverification: param.flag('Whether the receiver’s certificate is checked (https only)'),
    state: param.text('Enabled or Disabled', states),
  },
  response: webhookEntity,
  shape: 'one',
  event: 'WEBHOOK.CREATE',
});

export const updateWebhook = defineCommand({
  name: 'updateWebhook',
  description: 'Changes a webhook',
  async: false,
  roles: everyRole,
  params: {
    description: param.text('Description', { length: 1024 }),
    id: param.id('Id of the webhook', required),
    name: param.text('Name'),
    payloadurl: param.text('Where events are sent: http or https', url),
    scope: param.text('Local, Domain or Global', scopes),
    secretkey: param.text('Key that payloads are signed with'),
    sslverification: param.flag('Whether the receiver’s certificate is checked (https only)'),
    state: param.text('Enabled or Disabled', states),
  },
  response: webhookEntity,
  shape: 'one',
  event: 'WEBHOOK.UPDATE',
});

export const deleteWebhook = defineCommand({
  name: 'deleteWebhook',
  description: 'Deletes a webhook and its deliveries',
  async: false,
  roles: everyRole,
  params: { id: param.id('Id of the webhook', required) },
  response: successEntity,
  shape: 'success',
  event: 'WEBHOOK.DELETE',
});

export const listWebhooks = defineCommand({
  name: 'listWebhooks',
  description: 'Lists webhooks',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...scopeParams,
    id: param.id('Show only this webhook'),
    name: param.text('Show only webhooks of this name'),
    scope: param.text('Show only webhooks of this scope', scopes),
    state: param.text('Show only webhooks in this state', states),
  },
  response: webhookEntity,
  shape: 'list',
});

export const listWebhookDeliveries = defineCommand({
  name: 'listWebhookDeliveries',
  description: 'Lists deliveries of webhooks, the newest first',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    enddate: param.date('Show only deliveries that were over at this time'),
    eventtype: param.text('Show only deliveries of events of this type'),
    id: param.id('Show only this delivery'),
    startdate: param.date('Show only deliveries that began at this time or later'),
    webhookid: param.id('Show only deliveries of this webhook'),
  },
  refused: noServers,
  response: webhookDeliveryEntity,
  shape: 'list',
});

export const deleteWebhookDelivery = defineCommand({
  name: 'deleteWebhookDelivery',
  description: 'Deletes deliveries of webhooks',
  async: false,
  roles: everyRole,
  params: {
    enddate: param.date('Those that were over at this time'),
    id: param.id('This delivery'),
    startdate: param.date('Those that began at this time or later'),
    webhookid: param.id('Those of this webhook'),
  },
  refused: noServers,
  response: successEntity,
  shape: 'success',
});

export const executeWebhookDelivery = defineCommand({
  name: 'executeWebhookDelivery',
  description:
    'Sends a delivery again, or a payload to a webhook or a URL, and waits for the answer',
  async: false,
  roles: everyRole,
  params: {
    id: param.id('Delivery to send again'),
    payload: param.text('What to send', { length: 65_536 }),
    payloadurl: param.text('Where to, when it is not a webhook’s', url),
    secretkey: param.text('With payloadurl: key that the payload is signed with'),
    sslverification: param.flag('With payloadurl: whether the receiver’s certificate is checked'),
    webhookid: param.id('Webhook to send to'),
  },
  response: webhookDeliveryEntity,
  shape: 'one',
});
