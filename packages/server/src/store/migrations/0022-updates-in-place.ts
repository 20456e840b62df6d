import { type Kysely, sql } from 'kysely';

/**
 * Rows that change often are changed in place: in a page with room, and without an index that looks at what changes. Otherwise
 * each change of a generation or a fingerprint writes into every index of its table. What is behind is looked for when a server
 * starts and when a host comes back: by the whole table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
drop index networks_behind;
drop index instances_behind;
drop index jobs_completed;
alter table networks set (fillfactor = 85);
alter table routers set (fillfactor = 85);
alter table instances set (fillfactor = 85);
`;
