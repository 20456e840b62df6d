import { type Kysely, sql } from 'kysely';

/** Notes about user data, disk offerings and storage pools go with these. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const annotated = {
  user_data: 'USER_DATA',
  disk_offerings: 'DISK_OFFERING',
  storage_pools: 'PRIMARY_STORAGE',
};

const statements = `
${Object.entries(annotated)
  .map(
    ([table, type]) =>
      `create trigger drop_annotations after delete on ${table} for each row execute function drop_annotations('${type}');`,
  )
  .join('\n')}
create trigger move_annotations after update of account_id on user_data for each row
  when (new.account_id is distinct from old.account_id) execute function move_annotations('USER_DATA');
`;
