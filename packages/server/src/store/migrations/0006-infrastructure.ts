import { type Kysely, sql } from 'kysely';

/** Zones, pods, physical networks and ranges that administrators make, change and set aside. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
alter table zones
  -- Whose it is, with the domains below; null: everybody's.
  add column domain_id uuid references domains,
  add column is_edge boolean not null default false, add column local_storage boolean not null default true,
  add column sort_key int not null default 0, add column details jsonb not null default '{}',
  add constraint zones_states check (allocation_state in ('Enabled', 'Disabled'));
alter table zones drop constraint zones_name_key;
create unique index zones_name on zones (lower(name));
create unique index pods_name on pods (zone_id, lower(name));
alter table pods add constraint pods_states check (allocation_state in ('Enabled', 'Disabled'));
-- A pod of an edge zone may have no addresses.
alter table pods alter column gateway drop not null, add column prefix int;
update pods set prefix = 32 - log(2, 4294967296 - (netmask::inet - '0.0.0.0'::inet))::int;
alter table pods drop column netmask;

create table pod_ranges (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  pod_id uuid not null references pods on delete cascade, gateway text not null, prefix int not null,
  first_address text not null, last_address text not null, vlan text not null default 'untagged',
  for_system_vms boolean not null default false);
create index pod_ranges_pod on pod_ranges (pod_id, seq);
insert into pod_ranges (pod_id, gateway, prefix, first_address, last_address, for_system_vms)
  select id, gateway, prefix, first_address, last_address, true from pods;
alter table pods drop column first_address, drop column last_address;

create table storage_ranges (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, pod_id uuid not null references pods, gateway text not null, prefix int not null,
  first_address text not null, last_address text not null, vlan int);
create index storage_ranges_pod on storage_ranges (pod_id, seq);

alter table physical_networks
  add column tags text[] not null default '{}', add column network_speed text, add column domain_id uuid references domains,
  add constraint physical_networks_states check (state in ('Enabled', 'Disabled'));
-- First and last tag, or VXLAN network identifier, of each range; ranges of one physical network never touch.
create table vlan_ranges (
  physical_network_id uuid not null references physical_networks on delete cascade, first_tag int not null, last_tag int not null,
  check (first_tag <= last_tag), primary key (physical_network_id, first_tag));
insert into vlan_ranges select id, vlan_first, vlan_last from physical_networks where vlan_first <= vlan_last;
alter table physical_networks drop column vlan_first, drop column vlan_last;

create table dedicated_vlan_ranges (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  physical_network_id uuid not null references physical_networks on delete cascade,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains,
  first_tag int not null, last_tag int not null, check (first_tag <= last_tag), unique (physical_network_id, first_tag));
create index dedicated_vlan_ranges_account on dedicated_vlan_ranges (account_id);

-- label: interface or bridge on the hosts. That of guest traffic is guest_label of the physical network.
create table traffic_types (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  physical_network_id uuid not null references physical_networks on delete cascade,
  traffic_type text not null check (traffic_type in ('Guest', 'Public', 'Management', 'Storage')),
  label text, vlan text, unique (physical_network_id, traffic_type));
insert into traffic_types (physical_network_id, traffic_type)
  select id, type from physical_networks, unnest(array['Management', 'Guest', 'Public', 'Storage']) as type order by seq;

create table service_providers (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  physical_network_id uuid not null references physical_networks on delete cascade,
  name text not null check (name in ('VirtualRouter', 'VpcVirtualRouter', 'InternalLbVm')),
  state text not null default 'Disabled' check (state in ('Enabled', 'Disabled')),
  -- null: all that it has.
  services text[], unique (physical_network_id, name));
-- What a provider consists of; it must be enabled before its provider is.
create table provider_elements (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  provider_id uuid not null unique references service_providers on delete cascade, enabled boolean not null default false);
insert into service_providers (physical_network_id, name, state)
  select p.id, provider.name, provider.state from physical_networks p, (values
    ('VirtualRouter', 'Enabled'), ('VpcVirtualRouter', 'Disabled'), ('InternalLbVm', 'Disabled')) provider (name, state)
  order by p.seq;
insert into provider_elements (provider_id, enabled) select id, state = 'Enabled' from service_providers order by seq;

create table storage_pools (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, pod_id uuid references pods, cluster_id uuid references clusters,
  name text not null, type text not null, server text not null, path text not null, hypervisor text not null,
  state text not null default 'Up' check (state in ('Up', 'Disabled')), tags text[] not null default '{}',
  capacity_bytes bigint, capacity_iops bigint, details jsonb not null default '{}', created timestamptz not null default now(),
  check ((pod_id is null) = (cluster_id is null)), unique (zone_id, type, server, path));
create unique index storage_pools_name on storage_pools (zone_id, lower(name));
create index storage_pools_cluster on storage_pools (cluster_id);

-- Whose addresses they are: of one account, or of the accounts of one domain; both null: everybody's.
alter table public_ranges
  add column account_id uuid references accounts on delete set null, add column domain_id uuid references domains on delete set null,
  add constraint public_ranges_owner check (account_id is null or domain_id is null);
create index public_ranges_zone on public_ranges (zone_id);
create index public_ranges_account on public_ranges (account_id) where account_id is not null;
create index public_ranges_domain on public_ranges (domain_id) where domain_id is not null;
-- Zones may have the same addresses.
alter table public_addresses drop constraint public_addresses_address_key;
create unique index public_addresses_address on public_addresses (zone_id, address);
create index public_addresses_text on public_addresses (address);
`;
