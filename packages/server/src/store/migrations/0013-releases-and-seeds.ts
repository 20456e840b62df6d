import { type Kysely, sql } from 'kysely';

/** Guest addresses that hosts still let through, and what the first start made. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
-- Generation of the instance with which its host stops to let the address through; until that is applied nobody else gets it.
alter table nic_addresses add column release_generation bigint;
create index nic_addresses_releasing on nic_addresses (nic_id) where release_generation is not null;

-- What the configuration file describes. The record stays when the thing is deleted, so that nothing else takes its place.
create table seeds (
  name text primary key check (name in ('zone', 'physical network', 'public range')), id uuid not null);
insert into seeds select 'zone', id from zones order by seq limit 1;
insert into seeds select 'physical network', p.id from physical_networks p join seeds on seeds.id = p.zone_id order by p.seq limit 1;
insert into seeds select 'public range', r.id from public_ranges r join seeds on seeds.id = r.zone_id order by r.seq limit 1;
`;
