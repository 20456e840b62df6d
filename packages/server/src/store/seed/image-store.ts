import type { ImageStores } from '@isola/agent-protocol';
import type { Db } from '../database.ts';
import { derivedId } from '../derived-id.ts';

interface Wanted {
  readonly stores: ImageStores;
  readonly zoneId: string;
  /** Of the store that the installation has from the beginning. */
  readonly url: string;
}

/** Gives the zone an image store when it has none. Its id follows from the URL: a start that was interrupted claims it again. */
export async function seedImageStore(db: Db, { stores, zoneId, url }: Wanted): Promise<void> {
  const any = await db
    .selectFrom('image_stores')
    .select('id')
    .where('zone_id', '=', zoneId)
    .executeTakeFirst();
  if (any !== undefined) return;
  const store = { id: derivedId('image-store', url), url };
  await stores.claim(store);
  await db
    .insertInto('image_stores')
    .values({ ...store, zone_id: zoneId, name: 'secondary', provider: 'Local' })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}
