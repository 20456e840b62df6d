import { type Kysely, sql } from 'kysely';

/** Indexes for filters of lists that had none: what they ask for is found without reading a whole table. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
create index networks_tag_list on networks ((coalesce(vlan, requested_vlan)::text));
create index routers_name_list on routers (name);
create index routers_state_list on routers (lower(state), seq);
create index instances_state_list on instances (lower(state), seq);
create index instances_key_pairs_list on instances using gin (key_pairs);
create index public_addresses_range_list on public_addresses (range_id, seq);
create index public_addresses_state_list on public_addresses (lower(state), seq);
create index volumes_instance_list on volumes (instance_id);
create index volumes_domain_list on volumes (domain_id);
create index volumes_name_list on volumes (name);
create index tags_customer_list on tags (customer) where customer is not null;
create index tags_domain_list on tags (domain_id);
create index events_resource_type_list on events (lower(resource_type), seq);
`;
