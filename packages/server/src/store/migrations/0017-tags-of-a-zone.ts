import { type Kysely, sql } from 'kysely';

/** A tag is one of the whole zone: hosts tell segments by isolation method and tag alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
alter table vlan_tags add column zone_id uuid references zones, add column isolation_method text;
update vlan_tags set zone_id = p.zone_id, isolation_method = p.isolation_method
  from physical_networks p where p.id = vlan_tags.physical_network_id;
alter table vlan_tags alter column zone_id set not null, alter column isolation_method set not null;
create unique index vlan_tags_zone on vlan_tags (zone_id, isolation_method, tag);
`;
