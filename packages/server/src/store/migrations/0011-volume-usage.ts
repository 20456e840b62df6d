import { type Kysely, sql } from 'kysely';

/** Usage of volumes, which are younger than that of the rest. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

const statements = `
create function volume_usage(v volumes) returns void language sql as $$
  select open_usage(6, v.account_id, i.zone_id, v.id, v.name,
    jsonb_build_object('size', v.size_bytes, 'virtualmachineid', i.id, 'templateid', i.template_id))
  from instances i where i.id = v.instance_id $$;
create function note_volume_usage() returns trigger language plpgsql as $$
declare
  other boolean := tg_op <> 'UPDATE' or (old.account_id, old.size_bytes) is distinct from (new.account_id, new.size_bytes);
begin
  if tg_op <> 'INSERT' and other then perform close_usage(6, old.id); end if;
  if tg_op <> 'DELETE' and other then perform volume_usage(new); end if;
  return null;
end $$;
create trigger note_usage after insert or delete or update of account_id, size_bytes on volumes
  for each row execute function note_volume_usage();
select volume_usage(volumes) from volumes;
`;
