import { type Kysely, sql } from 'kysely';

/** Many hosts with agents of their own, image stores, and segments that span hosts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
alter table hosts drop constraint hosts_name_key;
create unique index hosts_name on hosts (zone_id, lower(name));
alter table hosts
  add column is_local boolean not null default false,
  add column hypervisor_version text not null default '', add column accelerated boolean not null default true,
  add column agent_version text not null default '',
  add column underlay_address text, add column underlay_mtu int, add column guest_mtu int, add column shared_storage text,
  add column tags text[] not null default '{}',
  -- SHA-256 of the one certificate that its agent may show; null until it has joined.
  add column certificate text,
  -- When the agent was lost; null while it is connected.
  add column disconnected timestamptz,
  add column load jsonb,
  add constraint hosts_states check (state in ('Creating', 'Connecting', 'Up', 'Disconnected', 'Alert', 'Down', 'Removed')),
  add constraint hosts_resource_states check (resource_state in
    ('Creating', 'Enabled', 'Disabled', 'PrepareForMaintenance', 'ErrorInMaintenance', 'Maintenance', 'Error'));
update hosts set is_local = true;

create unique index clusters_name on clusters (pod_id, lower(name));

-- The installation's own certificate authority; its key is sealed. One row.
create table authority (
  singleton boolean primary key default true check (singleton), certificate text not null, sealed_key text not null);

create table host_certificates (
  fingerprint text primary key, serial text not null unique, host_id uuid not null, host_name text not null,
  issued timestamptz not null default now(), expires timestamptz not null, revoked timestamptz);
create index host_certificates_host on host_certificates (host_id);

-- Only a hash of a token's secret is kept. A token lets one host join once.
create table join_tokens (
  id uuid primary key default gen_random_uuid(), secret_hash text not null, zone_id uuid not null references zones on delete cascade,
  pod_id uuid not null references pods on delete cascade, cluster_id uuid not null references clusters on delete cascade,
  tags text[] not null default '{}', created timestamptz not null default now(), expires timestamptz not null, used timestamptz,
  resource_state text not null default 'Enabled' check (resource_state in ('Enabled', 'Disabled')), host_id uuid);

-- vlan_first and vlan_last hold VXLAN network identifiers where the method is VXLAN.
alter table physical_networks add column guest_label text,
  add constraint physical_networks_method check (isolation_method in ('VLAN', 'VXLAN'));

alter table templates drop constraint templates_name_key;
alter table templates
  -- What the file must hash to, as it was given: {SHA-256}hex or plain hex. checksum is empty until the file is there.
  add column url text, add column expected_checksum text, add column file_bytes bigint not null default 0,
  add column state text not null default 'Active' check (state in ('Active', 'Inactive')),
  add column is_extractable boolean not null default false, add column password_enabled boolean not null default false,
  add column details jsonb not null default '{}';
alter table templates drop column image;
create unique index templates_builtin on templates (zone_id, name, hypervisor) where type in ('BUILTIN', 'SYSTEM') and state = 'Active';

create table image_stores (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  zone_id uuid not null references zones, name text not null unique, url text not null unique,
  provider text not null check (provider in ('Local', 'NFS')), is_readonly boolean not null default false,
  total_bytes bigint, used_bytes bigint, created timestamptz not null default now());

-- CloudStack's template_store_ref: where a template's file is, and how it got there.
create table template_stores (
  template_id uuid not null references templates on delete cascade, store_id uuid not null references image_stores on delete cascade,
  state text not null default 'Creating' check (state in ('Creating', 'Ready', 'Failed', 'Destroying')),
  download_state text not null default 'NOT_DOWNLOADED'
    check (download_state in ('NOT_DOWNLOADED', 'DOWNLOAD_IN_PROGRESS', 'DOWNLOADED', 'DOWNLOAD_ERROR')),
  download_percent int not null default 0, error text, path text,
  created timestamptz not null default now(), updated timestamptz not null default now(), primary key (template_id, store_id));

-- Which hosts have a verified copy, and why one has not.
create table template_hosts (
  template_id uuid not null references templates on delete cascade, host_id uuid not null references hosts on delete cascade,
  state text not null check (state in ('Copying', 'Ready', 'Failed')), error text,
  updated timestamptz not null default now(), primary key (template_id, host_id));

alter table routers add column template_id uuid references templates;

alter table instances
  add column migration_target uuid references hosts,
  -- Where an administrator wants the next start; cleared when it has started.
  add column requested_host_id uuid references hosts on delete set null,
  add column requested_cluster_id uuid references clusters on delete set null,
  add column requested_pod_id uuid references pods on delete set null;
-- On a running instance: to be plugged in, or to be unplugged and then forgotten; null when neither.
alter table nics add column plug text check (plug in ('In', 'Out'));

alter table jobs drop constraint jobs_waits_kind_check,
  add constraint jobs_waits_kind_check check (waits_kind in ('network', 'instance', 'host', 'removal'));
create index instances_host on instances (host_id);
create index routers_host on routers (host_id);
`;
