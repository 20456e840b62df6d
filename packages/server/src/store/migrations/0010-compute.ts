import { type Kysely, sql } from 'kysely';

/** Groups of instances, registered user data, volumes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
create table affinity_groups (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains,
  name text not null, description text not null default '', type text not null,
  created timestamptz not null default now(), unique (account_id, name));
create table affinity_group_instances (
  group_id uuid not null references affinity_groups on delete cascade,
  instance_id uuid not null references instances on delete cascade, primary key (group_id, instance_id));
create index affinity_group_instances_instance on affinity_group_instances (instance_id);

create table instance_groups (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains,
  name text not null, created timestamptz not null default now(), unique (account_id, name));
insert into instance_groups (account_id, domain_id, name)
  select distinct account_id, domain_id, group_name from instances where group_name is not null;
alter table instances add column group_id uuid references instance_groups on delete set null;
update instances set group_id = g.id from instance_groups g
  where g.account_id = instances.account_id and g.name = instances.group_name;
alter table instances drop column group_name;
create index instances_group on instances (group_id) where group_id is not null;

create table user_data (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains,
  -- In base64; params are the names of its variables, separated by commas.
  name text not null, data text not null, params text, created timestamptz not null default now(), unique (account_id, name));

alter table instances
  -- As its offering was when it was deployed: it decides which storage its disk is made on.
  add column ha_enabled boolean not null default false,
  add column delete_protection boolean not null default false,
  add column dynamically_scalable boolean not null default false,
  -- null: that of its template.
  add column os_type text,
  add column sealed_password text,
  add column user_data_id uuid references user_data,
  add column user_data_details jsonb not null default '{}',
  -- Whether a new disk was asked for, and the old one is still to go.
  add column restoring boolean not null default false;
update instances set ha_enabled = o.offer_ha from service_offerings o where o.id = instances.service_offering_id;
create index instances_user_data on instances (user_data_id) where user_data_id is not null;
create index instances_offering on instances (service_offering_id);
create index instances_template on instances (template_id);

-- An interface that is not enabled is unplugged.
alter table nics add column enabled boolean not null default true;

-- The root disk of each instance; a restored instance has a new one.
create table volumes (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts, domain_id uuid not null references domains,
  instance_id uuid not null unique references instances on delete cascade,
  name text not null, size_bytes bigint not null, created timestamptz not null default now());
create index volumes_account on volumes (account_id);
insert into volumes (account_id, domain_id, instance_id, name, size_bytes, created)
  select i.account_id, i.domain_id, i.id, 'ROOT-' || i.seq, t.size_bytes, i.created
  from instances i join templates t on t.id = i.template_id;
create trigger drop_tags after delete on volumes for each row execute function drop_tags();

-- null: the size that its network's offering says. requested_host_id: where its successor is to run.
alter table routers
  add column service_offering_id uuid references service_offerings,
  add column requested_host_id uuid references hosts on delete set null;

-- What routers answered: an outcome, or packed files and the token for which they are given out.
create table diagnostics (
  id uuid primary key, router_id uuid not null references routers on delete cascade,
  outcome jsonb, archive bytea, token text unique, created timestamptz not null default now());
create index diagnostics_created on diagnostics (created);

alter table service_offerings
  add column state text not null default 'Active' check (state in ('Active', 'Inactive', 'Removed')),
  add column sort_key int not null default 0, add column details jsonb not null default '{}';

-- size_gib null: chosen for each disk.
create table disk_offerings (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  name text not null, display_text text not null, size_gib int, storage_type text not null, tags text,
  display boolean not null default true, state text not null default 'Active' check (state in ('Active', 'Inactive')),
  domain_ids uuid[] not null default '{}', zone_ids uuid[] not null default '{}', sort_key int not null default 0,
  created timestamptz not null default now());
`;
