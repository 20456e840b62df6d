import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import type { ManagementServer } from '../../identity/management-server.ts';
import type { SecretBox } from '../../identity/secret.ts';
import type { ShownDelivery, ShownWebhook } from './repository.ts';

/** A webhook as the API shows it to those who may change it. */
export function webhookResponse(row: ShownWebhook, secrets: SecretBox): ResultOf<'createWebhook'> {
  return {
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    state: row.state,
    scope: row.scope,
    payloadurl: row.payload_url,
    ...(row.secret_key === null ? {} : { secretkey: secrets.decrypt(row.secret_key) }),
    sslverification: row.ssl_verification,
    ...ownedBy(row),
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
    created: row.created,
  };
}

/** A delivery as the API shows it. */
export function deliveryResponse(
  row: ShownDelivery,
  server: ManagementServer,
): ResultOf<'executeWebhookDelivery'> {
  return {
    id: row.id,
    ...(row.event_id === null ? {} : { eventid: row.event_id }),
    eventtype: row.event_type,
    webhookid: row.webhook_id,
    webhookname: row.webhook_name,
    managementserverid: server.id,
    managementservername: server.name,
    ...(row.headers === null ? {} : { headers: row.headers }),
    payload: row.payload,
    success: row.success ?? false,
    ...(row.response === null ? {} : { response: row.response }),
    startdate: row.started,
    ...(row.ended === null ? {} : { enddate: row.ended }),
  };
}
