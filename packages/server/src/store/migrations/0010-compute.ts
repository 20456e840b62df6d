import { type Kysely, sql } from 'kysely';

/** Groups of instances, registered user data, volumes, disk offerings. */
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
`;
