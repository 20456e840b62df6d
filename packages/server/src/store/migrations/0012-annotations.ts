import { type Kysely, sql } from 'kysely';

/** What people write about things: notes, and details of things that have no place of their own for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const annotated = [
  'instances',
  'volumes',
  'instance_groups',
  'ssh_key_pairs',
  'networks',
  'templates',
  'service_offerings',
  'network_offerings',
  'zones',
  'pods',
  'clusters',
  'hosts',
  'domains',
  'image_stores',
  'routers',
];
const detailed = [
  'volumes',
  'networks',
  'nics',
  'firewall_rules',
  'port_forwarding_rules',
  'users',
  'zones',
  'service_offerings',
];

const drop = (kind: string, table: string): string =>
  `create trigger drop_${kind} after delete on ${table} for each row execute function drop_${kind}();`;
const dropOfAddress = (kind: string): string =>
  `create trigger drop_${kind} after update of state on public_addresses for each row
  when (new.state = 'Free' and old.state <> 'Free') execute function drop_${kind}();`;

const statements = `
create table annotations (
  id uuid primary key default gen_random_uuid(), seq bigint generated always as identity unique,
  entity_type text not null, entity_id uuid not null, annotation text not null, admins_only boolean not null,
  user_id uuid not null, created timestamptz not null default now());
create index annotations_entity on annotations (entity_id);
create index annotations_type on annotations (entity_type, seq);
create index annotations_user on annotations (user_id);

create table resource_details (
  resource_type text not null, resource_id uuid not null, key text not null, value text not null,
  display boolean not null, primary key (resource_type, resource_id, key));

-- They live as long as what they are about: a row, or an address until it is free again.
create function drop_annotations() returns trigger language plpgsql as $$
begin delete from annotations where entity_id = old.id; return null; end $$;
create function drop_details() returns trigger language plpgsql as $$
begin delete from resource_details where resource_id = old.id; return null; end $$;
create index resource_details_resource on resource_details (resource_id);
${annotated.map(table => drop('annotations', table)).join('\n')}
${detailed.map(table => drop('details', table)).join('\n')}
${dropOfAddress('annotations')}
${dropOfAddress('details')}
`;
