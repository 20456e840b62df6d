import { type Kysely, sql } from 'kysely';

/** What lists are filtered by, and what belongs to what goes: each finds its rows without reading a whole table. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
create index users_account_list on users (account_id);
create index users_username_list on users (username);
create index sessions_user_list on sessions (user_id);
create index accounts_text_list on accounts (name);
create index networks_domain_list on networks (domain_id);
create index networks_text_list on networks (name);
create index networks_offering_list on networks (offering_id);
create index networks_physical_list on networks (physical_network_id);
create index routers_network_list on routers (network_id);
create index instances_domain_list on instances (domain_id);
create index instances_text_list on instances (name);
create index instances_user_list on instances (user_id);
create index public_addresses_domain_list on public_addresses (domain_id) where domain_id is not null;
create index firewall_rules_account_list on firewall_rules (account_id);
create index firewall_rules_domain_list on firewall_rules (domain_id);
create index port_forwarding_rules_account_list on port_forwarding_rules (account_id);
create index port_forwarding_rules_domain_list on port_forwarding_rules (domain_id);
create index jobs_account_list on jobs (account_id, seq);
create index jobs_object_list on jobs (object_id);
create index jobs_created_list on jobs (created);
create index tags_pair_list on tags (key, value);
create index tags_account_list on tags (account_id);
create index template_hosts_host_list on template_hosts (host_id);
`;
