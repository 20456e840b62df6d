import { sql } from 'kysely';
import { setting, textSetting } from '../features/setting/value.ts';
import type { Db } from '../store/database.ts';
import { usageTypes } from './types.ts';

/**
 * Makes the usage records of every range that is over by `now`, one after another; `partial` also those of the time since. A
 * range begins where the one before ended, so that nothing is missed or counted twice, whoever makes them and however often.
 */
export async function makeRecords(
  db: Db,
  { now, partial }: { readonly now: Date; readonly partial: boolean },
): Promise<void> {
  const zone = await textSetting(db, 'usage.aggregation.timezone');
  const minutes = await setting(db, 'usage.stats.job.aggregation.range');
  for (;;) {
    const goesOn = await inTransaction(db, async tx => {
      const { rows } = await sql<{ covered: Date; ends: Date }>`
        select covered, (date_bin(make_interval(mins => ${minutes}), covered at time zone ${zone}, timestamp '2000-01-01')
          + make_interval(mins => ${minutes})) at time zone ${zone} as ends
        from usage_state for update`.execute(tx);
      const [state] = rows;
      if (state === undefined) throw new Error('usage has no state');
      const over = state.ends <= now;
      const end = over ? state.ends : now;
      if ((!over && !partial) || end <= state.covered) return false;
      await coverTime(tx, state.covered, end);
      return over;
    });
    if (!goesOn) return;
  }
}

async function coverTime(tx: Db, start: Date, end: Date): Promise<void> {
  await sql`
    insert into usage_records (type, account_id, account_name, domain_id, zone_id, resource_id, name, fields, amount, started, ended)
    select type, account_id, max(account_name), domain_id, zone_id, resource_id, max(name), fields,
      sum(extract(epoch from least(coalesce(ended, ${end}), ${end}) - greatest(started, ${start}))) / 3600, ${start}, ${end}
    from usage_periods where started < ${end} and (ended is null or ended > ${start})
    group by type, account_id, domain_id, zone_id, resource_id, fields
    order by min(seq)`.execute(tx);
  await tx.deleteFrom('usage_periods').where('ended', '<=', end).execute();
  await sql`
    with counted as (delete from usage_traffic returning *)
    insert into usage_records (type, account_id, account_name, domain_id, zone_id, resource_id, name, fields, amount, started, ended)
    select way.type, account_id, account_name, domain_id, zone_id, network_id, name,
      jsonb_build_object('networkid', network_id), way.bytes, ${start}, ${end}
    from counted, lateral (values (${usageTypes.NETWORK_BYTES_SENT.id}::int, sent),
      (${usageTypes.NETWORK_BYTES_RECEIVED.id}::int, received)) as way(type, bytes)`.execute(tx);
  await tx.updateTable('usage_state').set({ covered: end }).execute();
}

function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
