import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import { type NameOfScope, parseStored, type SettingName, settingRegistry } from './registry.ts';
import { placesAround, type Scope } from './scope.ts';
import { type TextSettingName, textSettingRegistry } from './text-registry.ts';

/** Everything that somebody set, as text. */
interface Values {
  readonly global: ReadonlyMap<string, string>;
  /** By name, then by the id of the place. */
  readonly scoped: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

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
  return globalValue(await values(db), name);
}

/** The value of a text setting, as old as that of `setting`. */
export async function textSetting(db: Db, name: TextSettingName): Promise<string> {
  return (await values(db)).global.get(name) ?? textSettingRegistry[name].default;
}

/** The value of a setting at a place: set there, else at the nearest place around it, else for all. As old as that of `setting`. */
export async function settingAt<S extends Scope>(
  db: Db,
  name: NameOfScope<S>,
  place: { readonly scope: S; readonly id: string },
): Promise<number> {
  const found = await settingsAt(db, name, { scope: place.scope, ids: [place.id] });
  return found.get(place.id) ?? (await setting(db, name));
}

/** As `settingAt`, for many places of one scope. Asks the database at most twice. */
export async function settingsAt<S extends Scope>(
  db: Db,
  name: NameOfScope<S>,
  places: { readonly scope: S; readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  const all = await values(db);
  const set = all.scoped.get(name);
  const base = globalValue(all, name);
  if (set === undefined || places.ids.length === 0)
    return new Map(places.ids.map(id => [id, base]));
  const around = await placesAround(db, places.scope, places.ids);
  return new Map(
    places.ids.map(id => {
      const nearest = around.get(id)?.find(place => set.has(place));
      const text = nearest === undefined ? undefined : set.get(nearest);
      return [id, text === undefined ? base : (parseStored(name, text) ?? base)];
    }),
  );
}

/** Makes every reader of this process look again. */
export function settingsChanged(): void {
  changes += 1;
}

function globalValue({ global }: Values, name: SettingName): number {
  const text = global.get(name);
  return (text === undefined ? null : parseStored(name, text)) ?? settingRegistry[name].default;
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
  const { rows } = await sql<{ name: string; value: string; place: string | null }>`
    select name, value, null::uuid as place from "settings"
    union all select name, value, place_id from "scoped_settings"`.execute(db);
  const global = new Map<string, string>();
  const scoped = new Map<string, Map<string, string>>();
  for (const { name, value, place } of rows) {
    if (place === null) global.set(name, value);
    else scoped.set(name, (scoped.get(name) ?? new Map<string, string>()).set(place, value));
  }
  return { global, scoped };
}
