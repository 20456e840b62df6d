import type { Db } from '../../store/database.ts';
import { isSettingName, type SettingName, settingRegistry } from './registry.ts';
import { type TextSettingName, textSettingRegistry } from './text-registry.ts';

type Values = ReadonlyMap<string, number>;

interface Cached {
  /** Those who ask at once read once. */
  readonly values: Promise<Values>;
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

function values(db: Db): Promise<Values> {
  if (db.isTransaction) return read(db);
  const cached = caches.get(db);
  if (cached !== undefined && cached.change === changes && cached.until > performance.now())
    return cached.values;
  const fresh = {
    values: read(db),
    change: changes,
    until: performance.now() + freshness,
  };
  caches.set(db, fresh);
  fresh.values.catch(() => caches.delete(db));
  return fresh.values;
}

async function read(db: Db): Promise<Values> {
  const rows = await db.selectFrom('settings').selectAll().execute();
  return new Map(
    rows.filter(row => isSettingName(row.name)).map(row => [row.name, Number(row.value)]),
  );
}

/** The value of a text setting; always exact. */
export async function textSetting(db: Db, name: TextSettingName): Promise<string> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.value ?? textSettingRegistry[name].default;
}
