import { type Kysely, sql } from 'kysely';

/** Events, alerts, settings of narrower scopes, usage and webhooks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
alter table events add column resource_name text;
create index events_domain on events (domain_id, seq);
create index events_resource on events (resource_id) where resource_id is not null;
create index events_start on events (start_id) where start_id is not null;
create index events_created on events (created);
create index events_type on events (lower(type), seq);

alter table alerts add column archived boolean not null default false;
create index alerts_sent on alerts (sent);

-- Values of settings that hold at one place and inside it.
create table scoped_settings (
  zone_id uuid references zones on delete cascade, cluster_id uuid references clusters on delete cascade,
  image_store_id uuid references image_stores on delete cascade, domain_id uuid references domains on delete cascade,
  account_id uuid references accounts on delete cascade,
  place_id uuid not null generated always as (coalesce(zone_id, cluster_id, image_store_id, domain_id, account_id)) stored,
  name text not null, value text not null,
  check (num_nonnulls(zone_id, cluster_id, image_store_id, domain_id, account_id) = 1), primary key (place_id, name));
`;
