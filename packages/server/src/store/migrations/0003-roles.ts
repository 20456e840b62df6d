import { type Kysely, sql } from 'kysely';

/** Roles that administrators make and edit, and accounts and users that are locked or disabled. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
create table roles (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  name text not null, kind text not null check (kind in ('Root Admin', 'Resource Admin', 'Domain Admin', 'User')),
  description text not null default '', is_default boolean not null default false, is_public boolean not null default true,
  state text not null default 'enabled' check (state in ('enabled', 'disabled')), created timestamptz not null default now());
create unique index roles_name on roles (lower(name));

create table role_rules (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  role_id uuid not null references roles on delete cascade, rule text not null,
  permission text not null check (permission in ('allow', 'deny')), description text not null default '',
  position int not null);
create index role_rules_role on role_rules (role_id, position);

-- The numbers that CloudStack's scripts send as roleid.
insert into roles (id, seq, name, kind, is_default) overriding system value values
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b101', 1, 'Root Admin', 'Root Admin', true),
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b102', 2, 'Resource Admin', 'Resource Admin', true),
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b103', 3, 'Domain Admin', 'Domain Admin', true),
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b104', 4, 'User', 'User', true),
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b105', 5, 'Read-Only Admin - Default', 'Root Admin', true),
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b106', 6, 'Read-Only User - Default', 'User', true),
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b107', 7, 'Support Admin - Default', 'Root Admin', true),
  ('7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b108', 8, 'Support User - Default', 'User', true);
select setval(pg_get_serial_sequence('roles', 'seq'), 100);

alter table accounts drop constraint accounts_role_check, drop constraint accounts_state_check;
alter table accounts add constraint accounts_role_check
    check (role in ('Root Admin', 'Resource Admin', 'Domain Admin', 'User')),
  add constraint accounts_state_check check (state in ('enabled', 'locked', 'disabled', 'removed')),
  add column role_id uuid references roles;
update accounts set role_id = roles.id from roles where roles.name = accounts.role;
alter table accounts alter column role_id set not null;
alter table users add constraint users_state_check check (state in ('enabled', 'locked', 'disabled'));
`;
