import { type Kysely, sql } from 'kysely';

/** Shared and layer-2 networks, addresses that are kept from others for a while after their release, NICs with several addresses. */
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

-- L2: a segment without router and addresses. Shared: a VLAN of the operator's, whose gateway is not ours.
alter table networks alter column cidr drop not null, alter column gateway drop not null,
  add column guest_type text not null default 'Isolated' check (guest_type in ('Isolated', 'Shared', 'L2')),
  add column acl_type text not null default 'Account' check (acl_type in ('Account', 'Domain')),
  add column subdomain_access boolean not null default false,
  -- Of shared networks: the addresses that instances may have, and the router's own.
  add column first_address text, add column last_address text, add column router_address text,
  -- The part of the network that instances get addresses from; null: all of it.
  add column vm_cidr text, add column external_id text unique,
  add constraint networks_addresses check ((guest_type = 'L2') = (cidr is null) and (cidr is null) = (gateway is null)),
  add constraint networks_shared check ((guest_type = 'Shared') = (router_address is not null));
create index networks_domain on networks (domain_id) where acl_type = 'Domain';
alter table nics alter column address drop not null;

-- Accounts beside the owner that may put instances into a network.
create table network_permissions (
  network_id uuid not null references networks on delete cascade, account_id uuid not null references accounts on delete cascade,
  created timestamptz not null default now(), primary key (network_id, account_id));
create index network_permissions_account on network_permissions (account_id);
`;
