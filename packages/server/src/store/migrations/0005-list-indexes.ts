import { type Kysely, sql } from 'kysely';

/** What lists are filtered by, and what belongs to what goes: each finds its rows without reading a whole table. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
create index users_account on users (account_id);
create index users_username on users (username);
create index sessions_user on sessions (user_id);
create index accounts_text on accounts (name);
create index networks_domain on networks (domain_id);
create index networks_text on networks (name);
create index networks_offering on networks (offering_id);
create index networks_physical on networks (physical_network_id);
create index routers_network on routers (network_id);
create index instances_domain on instances (domain_id);
create index instances_text on instances (name);
create index instances_user on instances (user_id);
create index public_addresses_domain on public_addresses (domain_id) where domain_id is not null;
create index firewall_rules_account on firewall_rules (account_id);
create index firewall_rules_domain on firewall_rules (domain_id);
create index port_forwarding_rules_account on port_forwarding_rules (account_id);
create index port_forwarding_rules_domain on port_forwarding_rules (domain_id);
create index jobs_account on jobs (account_id, seq);
create index jobs_object on jobs (object_id);
create index jobs_created on jobs (created);
create index tags_pair on tags (key, value);
create index tags_account on tags (account_id);
create index template_hosts_host on template_hosts (host_id);
`;
