import { type Kysely, sql } from 'kysely';

/** Addresses that are kept from others for a while after their release, and NICs with several addresses. */
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

-- Further addresses of NICs. What leads to one names it; null in rules and static NAT means the NIC's first address.
create table nic_addresses (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  nic_id uuid not null references nics on delete cascade, network_id uuid not null references networks,
  address text not null, created timestamptz not null default now(), unique (network_id, address));
create index nic_addresses_nic on nic_addresses (nic_id);
alter table port_forwarding_rules add column guest_address text;
drop index public_addresses_static_nat;
alter table public_addresses add column static_nat_address text,
  add constraint static_nat_address check (static_nat_address is null or static_nat_nic_id is not null);
create unique index public_addresses_static_nat on public_addresses (static_nat_nic_id, coalesce(static_nat_address, ''));
`;
