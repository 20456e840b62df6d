import { type Selectable, sql } from 'kysely';
import type { Call } from '../http/call.ts';
import type { Database } from '../store/schema.ts';
import { identified, type Named, type OwnedTable, requireOwner, unknownId } from './access.ts';

type Table = Extract<OwnedTable, 'affinity_groups' | 'instance_groups' | 'user_data' | 'webhooks'>;

const called: Readonly<Record<Table, string>> = {
  affinity_groups: 'affinity group',
  instance_groups: 'instance group',
  user_data: 'user data',
  webhooks: 'webhook',
};

/** A row that the caller may change, locked until the transaction ends. 431 when there is none, 531 when it is not the caller's. */
export async function ownedRow<T extends Table>(
  call: Call,
  table: T,
  named: Named,
): Promise<Selectable<Database[T]>> {
  const { rows } = await sql<Selectable<Database[Table]>>`
    select * from ${sql.table(table)} where ${identified(named.id)} for update`.execute(call.tx);
  const row = rows[0];
  if (row === undefined) throw unknownId(call, named);
  await requireOwner(call, row, `${called[table]} ${row.id}`);
  return row as Selectable<Database[T]>;
}
