import { type Kysely, sql } from 'kysely';

/** Projects: accounts that own things for the accounts and users who are in them. And what protects users' credentials. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
-- A project is an account without users; its name lives beside those of other accounts.
alter table accounts add column is_project boolean not null default false;
drop index accounts_name;
create unique index accounts_name on accounts (domain_id, is_project, lower(name));
create index accounts_projects on accounts (id) where is_project;

create table projects (
  id uuid primary key references accounts on delete cascade, display_text text not null,
  state text not null default 'Active' check (state in ('Active', 'Suspended', 'Disabled')));

-- Without user_id the whole account is in the project.
create table project_members (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  project_id uuid not null references projects on delete cascade,
  account_id uuid not null references accounts on delete cascade, user_id uuid references users on delete cascade,
  role text not null check (role in ('Admin', 'Regular')), created timestamptz not null default now());
create unique index project_members_account on project_members (project_id, account_id) where user_id is null;
create unique index project_members_user on project_members (project_id, user_id) where user_id is not null;
create index project_members_of_account on project_members (account_id);
create index project_members_of_user on project_members (user_id) where user_id is not null;

-- Wrong passwords since the last right one.
alter table users add column failed_logins int not null default 0,
  -- When the API key holds; null for ever.
  add column key_from timestamptz, add column key_until timestamptz;

create trigger drop_tags after delete on projects for each row execute function drop_tags();
create trigger drop_tags after delete on templates for each row execute function drop_tags();
create trigger drop_tags after delete on users for each row execute function drop_tags();
`;
