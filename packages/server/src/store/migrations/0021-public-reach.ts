import { type Kysely, sql } from 'kysely';

/** A host may have no way to the public network: it takes no router that needs one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table hosts add column reaches_public boolean not null default true`.execute(db);
}
