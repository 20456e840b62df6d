import type { Db } from '../../store/database.ts';
import { type Place, placeColumns } from './place.ts';
import { placesAround } from './scope.ts';

/** What is stored of settings, by name: for a place the nearest of what is set there, around it, and for all. */
export async function storedValues(
  db: Db,
  place: Place | null,
): Promise<ReadonlyMap<string, string>> {
  const global = await db.selectFrom('settings').selectAll().execute();
  const values = new Map(global.map(row => [row.name, row.value]));
  if (place === null) return values;
  const around = (await placesAround(db, place.scope, [place.id])).get(place.id) ?? [];
  const rows = await db
    .selectFrom('scoped_settings')
    .select(['place_id', 'name', 'value'])
    .where('place_id', 'in', [...around])
    .execute();
  // The nearest comes last and stays.
  for (const id of around.toReversed())
    for (const row of rows) if (row.place_id === id) values.set(row.name, row.value);
  return values;
}

interface Value {
  readonly name: string;
  readonly value: string;
}

/** Sets a value for a place, `null` for all. */
export async function storeValue(
  db: Db,
  place: Place | null,
  { name, value }: Value,
): Promise<void> {
  if (place === null)
    await db
      .insertInto('settings')
      .values({ name, value })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
      .execute();
  else
    await db
      .insertInto('scoped_settings')
      .values({ name, value, [placeColumns[place.scope]]: place.id })
      .onConflict(conflict => conflict.columns(['place_id', 'name']).doUpdateSet({ value }))
      .execute();
}

/** Forgets the value of a place, `null` for all. */
export async function forgetValue(db: Db, place: Place | null, name: string): Promise<void> {
  if (place === null) await db.deleteFrom('settings').where('name', '=', name).execute();
  else
    await db
      .deleteFrom('scoped_settings')
      .where('name', '=', name)
      .where('place_id', '=', place.id)
      .execute();
}
