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
`;
