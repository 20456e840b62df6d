import { type Kysely, sql } from 'kysely';

/** Most that accounts and domains may have. What they have is counted when it matters, never kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
-- A missing row means the default of the settings; -1 means unlimited.
create table resource_limits (
  account_id uuid references accounts on delete cascade, domain_id uuid references domains on delete cascade,
  type text not null, max bigint not null check (max >= -1),
  check ((account_id is null) <> (domain_id is null)));
create unique index resource_limits_account on resource_limits (account_id, type) where account_id is not null;
create unique index resource_limits_domain on resource_limits (domain_id, type) where domain_id is not null;
create index instances_account on instances (account_id);
create index networks_account on networks (account_id);
create index public_addresses_account on public_addresses (account_id) where account_id is not null;
create index templates_account on templates (account_id);
`;
