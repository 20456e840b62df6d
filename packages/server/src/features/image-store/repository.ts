import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { imageStoreResponse } from './response.ts';

export function selectImageStores(db: Db) {
  return db
    .selectFrom('image_stores')
    .innerJoin('zones', 'zones.id', 'image_stores.zone_id')
    .selectAll('image_stores')
    .select('zones.name as zone');
}

/** The store of that id, locked. 431 when there is none. */
export async function lockImageStore(call: Call, id: string) {
  const store = await call.tx
    .selectFrom('image_stores')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (store === undefined) throw unknownId(call, { parameter: 'id', id });
  return store;
}

/** A store that is there, as the API shows it. */
export async function shownImageStore(db: Db, id: string) {
  const store = await selectImageStores(db)
    .where('image_stores.id', '=', id)
    .executeTakeFirstOrThrow();
  return imageStoreResponse(store);
}
