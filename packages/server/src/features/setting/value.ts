import type { Db } from '../../store/database.ts';
import { isSettingName, type SettingName, settingRegistry } from './registry.ts';

interface Cached {
  readonly values: ReadonlyMap<string, number>;
  readonly change: number;
  readonly until: number;
}

/** How long a change made by another server may go unseen, in milliseconds. */
const freshness = 2000;
const caches = new WeakMap<Db, Cached>();
let changes = 0;

/** The value of a setting. On a pool it may be two seconds old when another server changed it; in a transaction it is exact. */
export async function setting(db: Db, name: SettingName): Promise<number> {
  return (await values(db)).get(name) ?? settingRegistry[name].default;
}

/** Makes every reader of this process look again. */
export function settingsChanged(): void {
  changes += 1;
}

async function values(db: Db): Promise<ReadonlyMap<string, number>> {
  const cached = caches.get(db);
  if (cached !== undefined && cached.change === changes && cached.until > performance.now())
    return cached.values;
  const change = changes;
  const rows = await db.selectFrom('settings').selectAll().execute();
  const read = new Map(
    rows.filter(row => isSettingName(row.name)).map(row => [row.name, Number(row.value)]),
  );
  if (!db.isTransaction)
    caches.set(db, { values: read, change, until: performance.now() + freshness });
  return read;
}
