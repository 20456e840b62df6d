import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** What is kept of what happened, what people write about things, settings. */

export interface SettingTable {
  name: string;
  value: string;
}

export interface JobTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  command: string;
  user_id: string;
  account_id: string;
  domain_id: string;
  params: ColumnType<Record<string, unknown>, string, string>;
  status: Generated<number>;
  result_code: Generated<number>;
  result: ColumnType<Record<string, unknown> | null, string | null, string | null>;
  object_type: string | null;
  object_id: string | null;
  waits_kind: 'network' | 'instance' | 'host' | 'removal' | null;
  waits_id: string | null;
  waits_generation: number | null;
  start_event_id: string | null;
  created: Generated<Date>;
  completed: Date | null;
}

export interface EventTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  type: string;
  level: string;
  state: string;
  description: string;
  account_id: string;
  domain_id: string;
  user_id: string;
  start_id: string | null;
  resource_id: string | null;
  resource_type: string | null;
  resource_name: string | null;
  archived: Generated<boolean>;
  created: Generated<Date>;
}

export interface AlertTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  type: number;
  name: string;
  description: string;
  subject_id: string | null;
  zone_id: string | null;
  sent: Generated<Date>;
  resolved: Date | null;
  archived: Generated<boolean>;
}

export interface TagTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  resource_type: string;
  resource_id: string;
  key: string;
  value: string;
  customer: string | null;
  account_id: string;
  domain_id: string;
}

/** A value of a setting at one place; one of the ids is set. */
export interface ScopedSettingTable {
  zone_id: string | null;
  cluster_id: string | null;
  image_store_id: string | null;
  domain_id: string | null;
  account_id: string | null;
  place_id: GeneratedAlways<string>;
  name: string;
  value: string;
}

/** A time in which an account had something. */
export interface UsagePeriodTable {
  seq: GeneratedAlways<number>;
  type: number;
  account_id: string;
  account_name: string;
  domain_id: string;
  zone_id: string | null;
  resource_id: string;
  name: string;
  fields: ColumnType<Record<string, unknown>, string | undefined, string>;
  started: Generated<Date>;
  ended: Date | null;
}

export interface UsageTrafficTable {
  network_id: string;
  account_id: string;
  account_name: string;
  domain_id: string;
  zone_id: string;
  name: string;
  sent: number;
  received: number;
}

export interface UsageRecordTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  type: number;
  account_id: string;
  account_name: string;
  domain_id: string;
  zone_id: string | null;
  resource_id: string;
  name: string;
  fields: ColumnType<Record<string, unknown>, string, string>;
  /** Hours, or bytes. */
  amount: number;
  started: Date;
  ended: Date;
}

export interface UsageStateTable {
  singleton: Generated<boolean>;
  covered: Date;
}

export interface WebhookTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  name: string;
  description: string | null;
  state: Generated<'Enabled' | 'Disabled'>;
  /** Whose events it is told of: of its account, of its domain and those below, or all. */
  scope: Generated<'Local' | 'Domain' | 'Global'>;
  payload_url: string;
  /** Sealed. */
  secret_key: string | null;
  ssl_verification: Generated<boolean>;
  created: Generated<Date>;
}

export interface WebhookDeliveryTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  webhook_id: string;
  event_id: string | null;
  event_type: string;
  payload: string;
  tries: Generated<number>;
  next_try: Generated<Date>;
  claimed_until: Date | null;
  success: boolean | null;
  headers: string | null;
  response: string | null;
  started: Generated<Date>;
  ended: Date | null;
}

export interface AnnotationTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  /** Of `features/annotation/entities.ts`. */
  entity_type: string;
  entity_id: string;
  annotation: string;
  admins_only: boolean;
  user_id: string;
  /** Whose the entity is; changes with it. Null for what nobody owns. */
  account_id: string | null;
  created: Generated<Date>;
}

export interface ResourceDetailTable {
  /** Of `features/resource-detail/resources.ts`. */
  resource_type: string;
  resource_id: string;
  key: string;
  value: string;
  /** Whether others than root administrators see it. */
  display: boolean;
}
