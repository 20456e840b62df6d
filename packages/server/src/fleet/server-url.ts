import { IsolaError } from '@isola/model';
import type { Db } from '../store/database.ts';

/** Not an operator's setting: what the server that runs listens on. */
const name = 'isola.agents.url';

/** Notes what agents dial; `null` when nobody listens. */
export async function recordServerUrl(db: Db, url: string | null): Promise<void> {
  if (url === null) {
    await db.deleteFrom('settings').where('name', '=', name).execute();
    return;
  }
  await db
    .insertInto('settings')
    .values({ name, value: url })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value: url }))
    .execute();
}

/** What agents dial: `https://192.0.2.1:8250`. Throws `refused_value` when the server does not listen to agents. */
export async function serverUrl(db: Db): Promise<string> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  if (row === undefined)
    throw new IsolaError('refused_value', {
      reason:
        'This server does not listen to agents of other hosts: set `listen` in section [agents] of isola.toml, or --agents-listen',
    });
  return row.value;
}
