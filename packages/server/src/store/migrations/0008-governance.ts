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

create index jobs_completed on jobs (completed) where status <> 0;

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

-- Usage. A period is a time in which an account had something, open while ended is null. Rows of it are written by triggers, so
-- that no way in which something comes or goes can be forgotten. Fields are those of the answer.
create table usage_periods (
  seq bigint generated always as identity primary key, type int not null,
  account_id uuid not null, account_name text not null, domain_id uuid not null, zone_id uuid, resource_id uuid not null,
  name text not null, fields jsonb not null default '{}',
  started timestamptz not null default clock_timestamp(), ended timestamptz);
create unique index usage_periods_open on usage_periods (type, resource_id) where ended is null;
create index usage_periods_ended on usage_periods (ended);

-- Bytes since the last records.
create table usage_traffic (
  network_id uuid primary key, account_id uuid not null, account_name text not null, domain_id uuid not null,
  zone_id uuid not null, name text not null, sent bigint not null, received bigint not null);
-- The highest counters seen of each router; an epoch is a time in which they only grow.
create table router_traffic (
  router_id uuid not null references routers on delete cascade, epoch text not null, sent bigint not null, received bigint not null,
  primary key (router_id, epoch));

create table usage_records (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  type int not null, account_id uuid not null, account_name text not null, domain_id uuid not null, zone_id uuid,
  resource_id uuid not null, name text not null, fields jsonb not null, amount double precision not null,
  started timestamptz not null, ended timestamptz not null);
create index usage_records_started on usage_records (started, seq);
create index usage_records_account on usage_records (account_id, started);
create index usage_records_resource on usage_records (resource_id, started);
-- Records exist for all time before covered.
create table usage_state (
  singleton boolean primary key default true check (singleton), covered timestamptz not null default now());
insert into usage_state default values;

create function open_usage(kind int, owner uuid, zone uuid, resource uuid, called text, facts jsonb) returns void language sql as $$
  insert into usage_periods (type, account_id, account_name, domain_id, zone_id, resource_id, name, fields)
  select kind, a.id, a.name, a.domain_id, zone, resource, called, jsonb_strip_nulls(facts) from accounts a where a.id = owner
  on conflict do nothing $$;
create function close_usage(kind int, resource uuid) returns void language sql as $$
  update usage_periods set ended = clock_timestamp() where type = kind and resource_id = resource and ended is null $$;

create function instance_usage(i instances) returns jsonb language sql stable as $$
  select jsonb_build_object('virtualmachineid', i.id, 'offeringid', o.id, 'templateid', i.template_id, 'cpunumber', o.cpu_number,
    'cpuspeed', o.cpu_speed, 'memory', o.memory_mib, 'type', t.hypervisor)
  from service_offerings o, templates t where o.id = i.service_offering_id and t.id = i.template_id $$;
create function note_instance_usage() returns trigger language plpgsql as $$
declare
  was boolean[] := case when tg_op = 'INSERT' then array[false, false]
    else array[old.state = 'Running', old.state not in ('Destroyed', 'Expunging', 'Error')] end;
  now_is boolean[] := case when tg_op = 'DELETE' then array[false, false]
    else array[new.state = 'Running', new.state not in ('Destroyed', 'Expunging', 'Error')] end;
  other boolean := tg_op = 'UPDATE' and
    (old.account_id, old.service_offering_id, old.template_id) is distinct from (new.account_id, new.service_offering_id, new.template_id);
begin
  for kind in 1..2 loop
    if was[kind] and (other or not now_is[kind]) then perform close_usage(kind, old.id); end if;
    if now_is[kind] and (other or not was[kind]) then
      perform open_usage(kind, new.account_id, new.zone_id, new.id, new.name, instance_usage(new));
    end if;
  end loop;
  return null;
end $$;
create trigger note_usage after insert or delete or update of state, account_id, service_offering_id, template_id on instances
  for each row execute function note_instance_usage();

create function note_address_usage() returns trigger language plpgsql as $$
declare
  was boolean := tg_op <> 'INSERT' and old.account_id is not null and old.state in ('Allocating', 'Allocated');
  now_is boolean := tg_op <> 'DELETE' and new.account_id is not null and new.state in ('Allocating', 'Allocated');
  other boolean := tg_op = 'UPDATE' and (old.account_id, old.is_source_nat, old.network_id)
    is distinct from (new.account_id, new.is_source_nat, new.network_id);
begin
  if was and (other or not now_is) then perform close_usage(3, old.id); end if;
  if now_is and (other or not was) then
    perform open_usage(3, new.account_id, new.zone_id, new.id, new.address,
      jsonb_build_object('issourcenat', new.is_source_nat, 'issystem', false, 'networkid', new.network_id));
  end if;
  return null;
end $$;
create trigger note_usage after insert or delete or update of state, account_id, is_source_nat, network_id on public_addresses
  for each row execute function note_address_usage();

create function note_template_usage() returns trigger language plpgsql as $$
declare
  was boolean := tg_op <> 'INSERT' and old.type = 'USER' and old.state = 'Active';
  now_is boolean := tg_op <> 'DELETE' and new.type = 'USER' and new.state = 'Active';
  other boolean := tg_op = 'UPDATE' and (old.account_id, old.size_bytes) is distinct from (new.account_id, new.size_bytes);
begin
  if was and (other or not now_is) then perform close_usage(7, old.id); end if;
  if now_is and (other or not was) then
    perform open_usage(7, new.account_id, new.zone_id, new.id, new.name,
      jsonb_build_object('templateid', new.id, 'size', new.file_bytes, 'virtualsize', new.size_bytes));
  end if;
  return null;
end $$;
create trigger note_usage after insert or delete or update of state, account_id, size_bytes on templates
  for each row execute function note_template_usage();

create function note_forward_usage() returns trigger language plpgsql as $$
declare
  was boolean := tg_op <> 'INSERT' and old.state <> 'Revoke';
  now_is boolean := tg_op <> 'DELETE' and new.state <> 'Revoke';
begin
  if was and not now_is then perform close_usage(12, old.id); end if;
  if now_is and not was then
    perform open_usage(12, new.account_id, n.zone_id, new.id, new.protocol || ' ' || new.public_first || '-' || new.public_last,
      jsonb_build_object('networkid', n.id)) from networks n where n.id = new.network_id;
  end if;
  return null;
end $$;
create trigger note_usage after insert or delete or update of state on port_forwarding_rules
  for each row execute function note_forward_usage();

create function note_nic_usage() returns trigger language plpgsql as $$
declare
  was boolean := tg_op <> 'INSERT' and old.state <> 'Revoke';
  now_is boolean := tg_op <> 'DELETE' and new.state <> 'Revoke';
  other boolean := tg_op = 'UPDATE' and old.is_default is distinct from new.is_default;
begin
  if was and (other or not now_is) then perform close_usage(13, old.id); end if;
  if now_is and (other or not was) then
    perform open_usage(13, i.account_id, i.zone_id, new.id, i.name, jsonb_build_object('offeringid', n.offering_id,
      'virtualmachineid', i.id, 'networkid', n.id, 'isdefault', new.is_default))
      from networks n, instances i where n.id = new.network_id and i.id = new.instance_id;
  end if;
  return null;
end $$;
create trigger note_usage after insert or delete or update of state, is_default on nics
  for each row execute function note_nic_usage();

-- What is there already counts from now on.
select open_usage(kind, i.account_id, i.zone_id, i.id, i.name, instance_usage(i)) from instances i, generate_series(1, 2) kind
  where i.state not in ('Destroyed', 'Expunging', 'Error') and (kind = 2 or i.state = 'Running');
select open_usage(3, account_id, zone_id, id, address,
    jsonb_build_object('issourcenat', is_source_nat, 'issystem', false, 'networkid', network_id))
  from public_addresses where account_id is not null and state in ('Allocating', 'Allocated');
select open_usage(7, account_id, zone_id, id, name,
    jsonb_build_object('templateid', id, 'size', file_bytes, 'virtualsize', size_bytes)) from templates where type = 'USER' and state = 'Active';
select open_usage(12, f.account_id, n.zone_id, f.id, f.protocol || ' ' || f.public_first || '-' || f.public_last,
    jsonb_build_object('networkid', n.id)) from port_forwarding_rules f join networks n on n.id = f.network_id where f.state <> 'Revoke';
select open_usage(13, i.account_id, i.zone_id, c.id, i.name,
    jsonb_build_object('offeringid', n.offering_id, 'virtualmachineid', i.id, 'networkid', n.id, 'isdefault', c.is_default))
  from nics c join networks n on n.id = c.network_id join instances i on i.id = c.instance_id where c.state <> 'Revoke';

create table webhooks (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains on delete cascade,
  name text not null, description text, state text not null default 'Enabled' check (state in ('Enabled', 'Disabled')),
  scope text not null default 'Local' check (scope in ('Local', 'Domain', 'Global')), payload_url text not null,
  secret_key text, ssl_verification boolean not null default false, created timestamptz not null default now());
create index webhooks_account on webhooks (account_id);
create index webhooks_domain on webhooks (domain_id);

-- A delivery waits while ended is null. Whoever makes it claims it for a while, so that one whose server died is made again.
create table webhook_deliveries (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  webhook_id uuid not null references webhooks on delete cascade, event_id uuid, event_type text not null, payload text not null,
  tries int not null default 0, next_try timestamptz not null default now(), claimed_until timestamptz,
  success boolean, headers text, response text, started timestamptz not null default now(), ended timestamptz);
create index webhook_deliveries_webhook on webhook_deliveries (webhook_id, seq);
create index webhook_deliveries_waiting on webhook_deliveries (next_try) where ended is null;

-- Every event reaches its webhooks in the transaction that writes it.
create function queue_webhook_deliveries() returns trigger language plpgsql as $$
begin
  if not exists (select from webhooks where state = 'Enabled') then return null; end if;
  insert into webhook_deliveries (webhook_id, event_id, event_type, payload)
  select w.id, e.id, e.type, json_strip_nulls(json_build_object('event', e.type, 'eventid', e.id,
    'eventDateTime', to_char(e.created at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+0000"'), 'status', e.state,
    'level', e.level, 'description', e.description, 'account', e.account_id, 'domain', e.domain_id, 'user', e.user_id,
    'parentid', e.start_id, 'entity', e.resource_type, 'entityuuid', e.resource_id, 'entityname', e.resource_name))::text
  from written e join domains d on d.id = e.domain_id join webhooks w on w.state = 'Enabled'
    and case w.scope when 'Global' then true when 'Local' then w.account_id = e.account_id
      else exists (select from domains o where o.id = w.domain_id and (d.path = o.path or starts_with(d.path, o.path || '/'))) end
  order by e.seq, w.seq;
  return null;
end $$;
create trigger queue_webhook_deliveries after insert on events referencing new table as written
  for each statement execute function queue_webhook_deliveries();

create table management_servers (
  id uuid primary key, seq bigint generated always as identity unique, name text not null, version text not null, address text not null,
  kernel text not null, os text not null, booted timestamptz not null, started timestamptz not null, stopped timestamptz);
`;
