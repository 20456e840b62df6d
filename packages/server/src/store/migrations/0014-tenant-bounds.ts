import { type Kysely, sql } from 'kysely';

/** What tenants write neither holds up others nor outlives, or goes with, what it is not about. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

type Tables = Readonly<Record<string, string>>;

const tagged: Tables = {
  networks: 'Network',
  instances: 'UserVm',
  volumes: 'Volume',
  firewall_rules: 'FirewallRule',
  port_forwarding_rules: 'PortForwardingRule',
  projects: 'Project',
  templates: 'Template',
  users: 'User',
};
const detailed: Tables = {
  volumes: 'Volume',
  networks: 'Network',
  nics: 'Nic',
  firewall_rules: 'FirewallRule',
  port_forwarding_rules: 'PortForwardingRule',
  users: 'User',
  zones: 'Zone',
  service_offerings: 'ServiceOffering',
};
const ownedAndAnnotated: Tables = {
  instances: 'VM',
  volumes: 'VOLUME',
  instance_groups: 'INSTANCE_GROUP',
  ssh_key_pairs: 'SSH_KEYPAIR',
  networks: 'NETWORK',
  templates: 'TEMPLATE',
};
const annotated: Tables = {
  ...ownedAndAnnotated,
  service_offerings: 'SERVICE_OFFERING',
  network_offerings: 'NETWORK_OFFERING',
  zones: 'ZONE',
  pods: 'POD',
  clusters: 'CLUSTER',
  hosts: 'HOST',
  domains: 'DOMAIN',
  image_stores: 'SECONDARY_STORAGE',
  routers: 'VR',
};

const each = (tables: Tables, statement: (table: string, type: string) => string): string =>
  Object.entries(tables)
    .map(([table, type]) => statement(table, type))
    .join('\n');
const drop = (kind: string, tables: Tables): string =>
  each(
    tables,
    (table, type) => `drop trigger drop_${kind} on ${table};
      create trigger drop_${kind} after delete on ${table} for each row execute function drop_${kind}('${type}');`,
  );
const dropOfAddress = (kind: string, type: string): string =>
  `drop trigger drop_${kind} on public_addresses;
  create trigger drop_${kind} after update of state on public_addresses for each row
  when (new.state = 'Free' and old.state <> 'Free') execute function drop_${kind}('${type}');`;

const statements = `
-- An id says what is meant together with its type: administrators choose ids.
create or replace function drop_tags() returns trigger language plpgsql as $$
begin delete from tags where resource_id = old.id and resource_type = tg_argv[0]; return null; end $$;
create or replace function drop_details() returns trigger language plpgsql as $$
begin delete from resource_details where resource_id = old.id and resource_type = tg_argv[0]; return null; end $$;
create or replace function drop_annotations() returns trigger language plpgsql as $$
begin delete from annotations where entity_id = old.id and entity_type = tg_argv[0]; return null; end $$;
${drop('tags', tagged)}
${drop('details', detailed)}
${drop('annotations', annotated)}
${dropOfAddress('tags', 'PublicIpAddress')}
${dropOfAddress('details', 'PublicIpAddress')}
${dropOfAddress('annotations', 'PUBLIC_IP_ADDRESS')}

-- Whose the thing is that a note is about, null for what nobody owns: lists look it up, and it changes with the thing.
alter table annotations add column account_id uuid;
${each(
  { ...ownedAndAnnotated, public_addresses: 'PUBLIC_IP_ADDRESS' },
  (table, type) => `update annotations set account_id = e.account_id from ${table} e
    where entity_type = '${type}' and e.id = entity_id;`,
)}
create index annotations_account on annotations (account_id, seq);
create function move_annotations() returns trigger language plpgsql as $$
begin
  update annotations set account_id = new.account_id where entity_id = new.id and entity_type = tg_argv[0];
  return null;
end $$;
${each(
  ownedAndAnnotated,
  (
    table,
    type,
  ) => `create trigger move_annotations after update of account_id on ${table} for each row
    when (new.account_id is distinct from old.account_id) execute function move_annotations('${type}');`,
)}

-- An event waits for no webhook that is being deleted, and does not fail with it: no foreign key. Deliveries that are written
-- while their webhook goes are swept.
alter table webhook_deliveries drop constraint webhook_deliveries_webhook_id_fkey;
create function drop_webhook_deliveries() returns trigger language plpgsql as $$
begin delete from webhook_deliveries where webhook_id = old.id; return null; end $$;
create trigger drop_webhook_deliveries after delete on webhooks for each row execute function drop_webhook_deliveries();

drop index webhook_deliveries_waiting;
create index webhook_deliveries_waiting on webhook_deliveries (webhook_id, seq) where ended is null;
create index webhooks_of_domain on webhooks (domain_id) where scope = 'Domain' and state = 'Enabled';
create index webhooks_global on webhooks (seq) where scope = 'Global' and state = 'Enabled';

-- By index: an event costs what the webhooks that want it cost, however many others there are.
create or replace function queue_webhook_deliveries() returns trigger language plpgsql as $$
begin
  if not exists (select from webhooks where state = 'Enabled') then return null; end if;
  insert into webhook_deliveries (webhook_id, event_id, event_type, payload)
  select w.id, e.id, e.type, json_strip_nulls(json_build_object('event', e.type, 'eventid', e.id,
    'eventDateTime', to_char(e.created at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+0000"'), 'status', e.state,
    'level', e.level, 'description', e.description, 'account', e.account_id, 'domain', e.domain_id, 'user', e.user_id,
    'parentid', e.start_id, 'entity', e.resource_type, 'entityuuid', e.resource_id, 'entityname', e.resource_name))::text
  from written e cross join lateral (
    select id, seq from webhooks where account_id = e.account_id and scope = 'Local' and state = 'Enabled'
    union all
    select id, seq from webhooks where scope = 'Global' and state = 'Enabled'
    union all
    select h.id, h.seq from webhooks h join (
      with recursive above as (
        select d.id, d.parent_id from domains d where d.id = e.domain_id
        union all
        select d.id, d.parent_id from above join domains d on d.id = above.parent_id)
      select id from above) o on o.id = h.domain_id
    where h.scope = 'Domain' and h.state = 'Enabled') w
  order by e.seq, w.seq;
  return null;
end $$;
`;
