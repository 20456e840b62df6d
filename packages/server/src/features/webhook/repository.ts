import type { Db } from '../../store/database.ts';

/** Webhooks with the names that responses show. */
export function selectWebhooks(db: Db) {
  return db
    .selectFrom('webhooks')
    .innerJoin('accounts', 'accounts.id', 'webhooks.account_id')
    .innerJoin('domains', 'domains.id', 'webhooks.domain_id')
    .selectAll('webhooks')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
    ]);
}

export type ShownWebhook = Awaited<
  ReturnType<ReturnType<typeof selectWebhooks>['executeTakeFirstOrThrow']>
>;

/** Deliveries with the name of their webhook. */
export function selectDeliveries(db: Db) {
  return db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
    .selectAll('webhook_deliveries')
    .select('webhooks.name as webhook_name');
}

export type ShownDelivery = Awaited<
  ReturnType<ReturnType<typeof selectDeliveries>['executeTakeFirstOrThrow']>
>;
