import { type Kysely, sql } from 'kysely';

/** Everything the first isolated network needs. `seq` is the internal number old scripts send; ids are UUIDs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
create table domains (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  parent_id uuid references domains, name text not null, path text not null unique,
  network_domain text, state text not null default 'Active' check (state in ('Active', 'Inactive')),
  created timestamptz not null default now());
create unique index domains_name on domains (parent_id, lower(name));

create table accounts (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  domain_id uuid not null references domains, name text not null,
  role text not null check (role in ('Root Admin', 'Domain Admin', 'User')),
  network_domain text, state text not null default 'enabled' check (state in ('enabled', 'removed')),
  details jsonb not null default '{}', created timestamptz not null default now());
create unique index accounts_name on accounts (domain_id, lower(name));

create table users (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains,
  username text not null, password_hash text not null, first_name text not null, last_name text not null,
  email text not null, timezone text, state text not null default 'enabled', api_key text unique,
  secret_key text, created timestamptz not null default now());
create unique index users_name on users (domain_id, lower(username));

create table sessions (
  token_hash text primary key, session_key_hash text not null,
  user_id uuid not null references users on delete cascade, created timestamptz not null default now(),
  last_used timestamptz not null default now());

create table settings (name text primary key, value text not null);

create table zones (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  name text not null unique, dns text[] not null, internal_dns text[] not null, guest_cidr text not null,
  network_domain text not null, allocation_state text not null default 'Enabled', dhcp_provider text not null default 'VirtualRouter',
  zone_token text not null, created timestamptz not null default now());

create table pods (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, name text not null, gateway text not null, netmask text not null,
  first_address text not null, last_address text not null, allocation_state text not null default 'Enabled');

create table clusters (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, pod_id uuid not null references pods, name text not null,
  hypervisor text not null, allocation_state text not null default 'Enabled');

create table hosts (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, pod_id uuid not null references pods, cluster_id uuid not null references clusters,
  name text not null unique, hypervisor text not null, address text not null, state text not null default 'Up',
  resource_state text not null default 'Enabled', cpu_cores int not null, cpu_mhz int not null, memory_bytes bigint not null,
  kernel text not null, created timestamptz not null default now(), last_seen timestamptz not null default now());

create table physical_networks (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, name text not null, isolation_method text not null default 'VLAN',
  vlan_first int not null, vlan_last int not null, state text not null default 'Enabled');

create table public_ranges (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, physical_network_id uuid not null references physical_networks,
  vlan text not null default 'untagged', gateway text not null, prefix int not null,
  first_address text not null, last_address text not null, created timestamptz not null default now());

create table service_offerings (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  name text not null, display_text text not null, cpu_number int not null, cpu_speed int not null, memory_mib int not null,
  network_rate int, host_tags text, offer_ha boolean not null default false, is_system boolean not null default false,
  is_default boolean not null default false, limit_cpu_use boolean not null default false, storage_type text not null default 'shared',
  system_vm_type text, domain_ids uuid[] not null default '{}', zone_ids uuid[] not null default '{}',
  created timestamptz not null default now());

create table network_offerings (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  name text not null unique, display_text text not null, guest_ip_type text not null, traffic_type text not null default 'Guest',
  state text not null default 'Disabled', availability text not null default 'Optional', is_default boolean not null default false,
  services jsonb not null, egress_default_allow boolean not null, conserve_mode boolean not null, specify_vlan boolean not null,
  specify_ip_ranges boolean not null default false, is_persistent boolean not null, for_vpc boolean not null default false,
  network_rate int, service_offering_id uuid references service_offerings, max_connections int, tags text,
  details jsonb not null default '{}', domain_ids uuid[] not null default '{}', zone_ids uuid[] not null default '{}',
  sort_key int not null default 0, created timestamptz not null default now());

create table templates (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts, zone_id uuid not null references zones, name text not null unique,
  display_text text not null, image text not null, hypervisor text not null, format text not null, os_type text not null,
  type text not null, size_bytes bigint not null, checksum text not null, is_featured boolean not null, is_public boolean not null,
  created timestamptz not null default now());

create table ssh_key_pairs (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains,
  name text not null, fingerprint text not null,
  public_key text not null, created timestamptz not null default now(), unique (account_id, name));

-- A network converges: its applied_generation follows its generation. Rules and NICs carry the generation that last
-- changed them; a change that rows cannot carry raises full_generation.
create table networks (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, physical_network_id uuid not null references physical_networks,
  account_id uuid not null references accounts, domain_id uuid not null references domains,
  offering_id uuid not null references network_offerings, name text not null, display_text text not null,
  cidr text not null, gateway text not null, network_domain text not null, dns text[] not null default '{}',
  state text not null default 'Allocated'
    check (state in ('Allocated', 'Implementing', 'Implemented', 'Shutdown', 'Destroy')),
  desired_state text not null default 'Allocated' check (desired_state in ('Allocated', 'Implemented', 'Destroyed')),
  generation bigint not null default 1, applied_generation bigint not null default 0, full_generation bigint not null default 1,
  -- Generations at which a comparison with the router, or its replacement, was asked for.
  resync_generation bigint not null default 0, replace_generation bigint not null default 0,
  requested_vlan int, vlan int, display_network boolean not null default true,
  public_mtu int not null default 1500, private_mtu int not null default 1500, idle_since timestamptz,
  failure text, created timestamptz not null default now());
create index networks_behind on networks (id) where applied_generation < generation;

create table vlan_tags (
  physical_network_id uuid not null references physical_networks, tag int not null,
  network_id uuid not null unique references networks, primary key (physical_network_id, tag));

create table routers (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  network_id uuid not null references networks, host_id uuid not null references hosts, name text not null unique,
  control_address text not null, control_mac text not null unique, guest_mac text not null, public_mac text,
  state text not null check (state in ('Starting', 'Running', 'Stopping', 'Stopped', 'Destroying', 'Error')),
  desired_state text not null check (desired_state in ('Running', 'Stopped', 'Destroyed')),
  -- While a router is replaced there are two: the successor names the one it follows.
  replaces uuid references routers on delete set null,
  -- Generation of the network at which a reboot was asked for, and the last one done.
  reboot_generation bigint not null default 0, rebooted_generation bigint not null default 0,
  reachable boolean not null default true, unreachable_reason text not null default '', fingerprint text not null default '',
  image text not null default '', health_checks jsonb not null default '[]', health_checked timestamptz,
  created timestamptz not null default now(), unique (host_id, control_address));

create table instances (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, host_id uuid references hosts, last_host_id uuid references hosts,
  account_id uuid not null references accounts, domain_id uuid not null references domains, user_id uuid references users on delete set null,
  name text not null, display_name text not null, internal_name text not null unique, group_name text,
  service_offering_id uuid not null references service_offerings, template_id uuid not null references templates,
  key_pairs text[] not null default '{}', user_data text, details jsonb not null default '{}', display_vm boolean not null default true,
  state text not null
    check (state in ('Starting', 'Running', 'Stopping', 'Stopped', 'Destroyed', 'Expunging', 'Error')),
  desired_state text not null check (desired_state in ('Running', 'Stopped', 'Destroyed', 'Expunged')),
  generation bigint not null default 1, applied_generation bigint not null default 0,
  reboot_generation bigint not null default 0, forced boolean not null default false,
  failure text, destroyed timestamptz, last_updated timestamptz not null default now(), created timestamptz not null default now());
create index instances_behind on instances (id) where applied_generation < generation;

create table nics (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  instance_id uuid not null references instances, network_id uuid not null references networks, device int not null,
  mac text not null unique, address text not null, is_default boolean not null,
  generation bigint not null, state text not null check (state in ('Add', 'Active', 'Revoke')),
  created timestamptz not null default now(), unique (network_id, address), unique (instance_id, device));
create index nics_generation on nics (network_id, generation);

create table public_addresses (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  range_id uuid not null references public_ranges, zone_id uuid not null references zones, address text not null unique,
  state text not null default 'Free' check (state in ('Free', 'Allocating', 'Allocated', 'Releasing', 'Reserved')),
  account_id uuid references accounts, domain_id uuid references domains, network_id uuid references networks,
  is_source_nat boolean not null default false, static_nat_nic_id uuid references nics, display boolean not null default true,
  generation bigint not null default 0, allocated timestamptz);
create index public_addresses_generation on public_addresses (network_id, generation);
create index public_addresses_free on public_addresses (range_id, seq) where state = 'Free';
create unique index public_addresses_source_nat on public_addresses (network_id) where is_source_nat;
create unique index public_addresses_static_nat on public_addresses (static_nat_nic_id);

-- Rules: 'Add' until the router has them, 'Active' while it has, 'Revoke' until it has them no more; then the row goes.
create table firewall_rules (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  network_id uuid not null references networks, public_address_id uuid references public_addresses,
  account_id uuid not null references accounts, domain_id uuid not null references domains,
  traffic_type text not null check (traffic_type in ('Ingress', 'Egress')), protocol text not null,
  first_port int, last_port int, icmp_type int, icmp_code int, sources text[] not null, destinations text[] not null default '{}',
  display boolean not null default true, generation bigint not null,
  state text not null check (state in ('Add', 'Active', 'Revoke')), created timestamptz not null default now());
create index firewall_rules_generation on firewall_rules (network_id, generation);
create index firewall_rules_address on firewall_rules (public_address_id, protocol, first_port);
-- Finds ranges, which are few, among single ports.
create index firewall_rules_ranges on firewall_rules (public_address_id, protocol, (first_port <> last_port), first_port);
create index firewall_rules_egress on firewall_rules (network_id, protocol, first_port) where traffic_type = 'Egress';

create table port_forwarding_rules (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  network_id uuid not null references networks, public_address_id uuid not null references public_addresses,
  account_id uuid not null references accounts, domain_id uuid not null references domains, nic_id uuid not null references nics,
  protocol text not null, public_first int not null, public_last int not null, private_first int not null, private_last int not null,
  display boolean not null default true, generation bigint not null,
  state text not null check (state in ('Add', 'Active', 'Revoke')), created timestamptz not null default now());
create index port_forwarding_rules_generation on port_forwarding_rules (network_id, generation);
create index port_forwarding_rules_address on port_forwarding_rules (public_address_id, protocol, public_first);
create index port_forwarding_rules_nic on port_forwarding_rules (nic_id);

-- The firewall rule that came with a port forward and goes with it.
alter table firewall_rules add column port_forward_id uuid references port_forwarding_rules on delete set null;
create index firewall_rules_port_forward on firewall_rules (port_forward_id);

-- status 0 pending, 1 succeeded, 2 failed. A pending job waits until its network or instance has applied its generation.
create table jobs (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  command text not null, user_id uuid not null, account_id uuid not null, domain_id uuid not null, params jsonb not null,
  status int not null default 0, result_code int not null default 0, result jsonb,
  object_type text, object_id uuid, waits_kind text check (waits_kind in ('network', 'instance', 'removal')), waits_id uuid,
  waits_generation bigint, start_event_id uuid, created timestamptz not null default now(), completed timestamptz);
create index jobs_waiting on jobs (waits_id, waits_generation) where status = 0;

create table events (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  type text not null, level text not null, state text not null, description text not null,
  account_id uuid not null, domain_id uuid not null, user_id uuid not null, start_id uuid, resource_id uuid, resource_type text,
  archived boolean not null default false, created timestamptz not null default now());
create index events_account on events (account_id, seq);

create table alerts (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  type int not null, name text not null, description text not null, subject_id uuid, zone_id uuid,
  sent timestamptz not null default now(), resolved timestamptz);

create index alerts_open on alerts (subject_id) where resolved is null;

-- An alert is over when what it is about is gone.
create function close_alerts() returns trigger language plpgsql as $$
begin update alerts set resolved = now() where subject_id = old.id and resolved is null; return null; end $$;
create trigger close_alerts after delete on networks for each row execute function close_alerts();
create trigger close_alerts after delete on routers for each row execute function close_alerts();
create trigger close_alerts after delete on instances for each row execute function close_alerts();

create table tags (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  resource_type text not null, resource_id uuid not null, key text not null, value text not null, customer text,
  account_id uuid not null references accounts on delete cascade, domain_id uuid not null references domains,
  unique (resource_type, resource_id, key));
create index tags_resource on tags (resource_id);

-- A tag lives as long as what carries it: a row, or an address until it is free again.
create function drop_tags() returns trigger language plpgsql as $$
begin delete from tags where resource_id = old.id; return null; end $$;
create trigger drop_tags after delete on networks for each row execute function drop_tags();
create trigger drop_tags after delete on instances for each row execute function drop_tags();
create trigger drop_tags after delete on firewall_rules for each row execute function drop_tags();
create trigger drop_tags after delete on port_forwarding_rules for each row execute function drop_tags();
create trigger drop_tags after update of state on public_addresses for each row
  when (new.state = 'Free' and old.state <> 'Free') execute function drop_tags();
`;
