import { type Kysely, sql } from 'kysely';

/** Addresses that are kept from others for a while after their release. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
-- One row a release. It is over when it ends or an administrator removes it; the row stays as a record.
create table address_quarantines (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  address_id uuid not null references public_addresses on delete cascade,
  -- Who may have the address back at once.
  account_id uuid references accounts on delete set null, domain_id uuid references domains on delete set null,
  created timestamptz not null default now(), ends timestamptz not null,
  removed timestamptz, removal_reason text, remover_id uuid references accounts on delete set null);
create index address_quarantines_address on address_quarantines (address_id, ends) where removed is null;
create index address_quarantines_domain on address_quarantines (domain_id);
`;
