import { randomUUID } from 'node:crypto';
import { IsolaError, imageStoreUrl, parseImageStoreUrl } from '@isola/model';
import { sql } from 'kysely';
import { identified } from '../../access/access.ts';
import { resolveAlerts } from '../../events/alert.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { addBuiltInTemplates } from '../../store/seed/built-in-templates.ts';
import { checkedName } from '../user/create.ts';
import { onlyZone } from '../zone/only-zone.ts';
import { withTexts } from '../zone/repository.ts';
import { lockImageStore, selectImageStores, shownImageStore } from './repository.ts';
import { imageStoreResponse } from './response.ts';

export const imageStoreCommands = {
  addImageStore: {
    kind: 'sync',
    async run(call, params) {
      const provider = params.provider.toLowerCase() === 'nfs' ? 'NFS' : 'Local';
      const location = parseImageStoreUrl(params.url ?? '');
      if (location === null || (location.kind === 'nfs') !== (provider === 'NFS'))
        throw refused(
          'url must be file:///folder for provider Local, or nfs://server/folder for provider NFS',
        );
      const zone = await onlyZone(call, params.zoneid);
      const store = { id: randomUUID(), url: imageStoreUrl(location) };
      const inserted = await call.tx
        .insertInto('image_stores')
        .values({
          ...store,
          zone_id: zone.id,
          name: params.name === undefined ? store.url : checkedName('name', params.name),
          provider,
        })
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows !== 1n)
        throw refused('There is an image store of this name or URL already');
      const { totalBytes, freeBytes } = await reached(store.url, async () => {
        await call.imageStores.claim(store);
        return call.imageStores.check(store, { writable: true });
      });
      await call.tx
        .updateTable('image_stores')
        .set({ total_bytes: totalBytes, used_bytes: totalBytes - freeBytes })
        .where('id', '=', store.id)
        .execute();
      await bringTemplates(call, zone.id);
      return shownImageStore(call.tx, store.id);
    },
  },

  listImageStores: {
    kind: 'sync',
    async run(call, params) {
      let query = selectImageStores(call.tx).orderBy('image_stores.seq');
      for (const clause of withTexts({
        'image_stores.name': params.name,
        'image_stores.provider': params.provider,
      }))
        query = query.where(clause);
      if (params.protocol !== undefined) {
        const scheme = `${params.protocol.toLowerCase()}://`;
        query = query.where(sql<boolean>`starts_with(image_stores.url, ${scheme})`);
      }
      if (params.id !== undefined) query = query.where(identified(params.id, 'image_stores'));
      if (params.zoneid !== undefined) query = query.where(identified(params.zoneid, 'zones'));
      if (params.readonly !== undefined)
        query = query.where('image_stores.is_readonly', '=', params.readonly);
      if (params.keyword !== undefined)
        query = query.where(containing('image_stores.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(imageStoreResponse) };
    },
  },

  updateImageStore: {
    kind: 'sync',
    async run(call, params) {
      const store = await lockImageStore(call, params.id);
      const name = params.name === undefined ? store.name : checkedName('name', params.name);
      const taken = await call.tx
        .selectFrom('image_stores')
        .select('id')
        .where('name', '=', name)
        .where('id', '<>', store.id)
        .executeTakeFirst();
      if (taken !== undefined) throw refused(`There is an image store ${name} already`);
      await call.tx
        .updateTable('image_stores')
        .set({ name, is_readonly: params.readonly ?? store.is_readonly })
        .where('id', '=', store.id)
        .execute();
      return shownImageStore(call.tx, store.id);
    },
  },

  deleteImageStore: {
    kind: 'sync',
    async run(call, params) {
      const store = await lockImageStore(call, params.id);
      const held = await call.tx
        .selectFrom('template_stores')
        .innerJoin('templates', 'templates.id', 'template_stores.template_id')
        .select('templates.name')
        .where('template_stores.store_id', '=', store.id)
        .orderBy('templates.seq')
        .limit(1)
        .executeTakeFirst();
      if (held !== undefined)
        throw new IsolaError('in_use', {
          reason: `Image store ${store.name} still holds templates, for example ${held.name}: delete them first`,
        });
      await call.tx.deleteFrom('image_stores').where('id', '=', store.id).execute();
      await resolveAlerts(call.tx, 'ALERT.STORAGE.SECONDARY', store.id);
      await reached(store.url, () => call.imageStores.release(store));
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

/** What goes wrong with a store is for the operator to read. */
async function reached<T>(url: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const reason = `image store ${url}: ${error instanceof Error ? error.message : String(error)}`;
    throw new IsolaError('resource_unavailable', { reason }, error);
  }
}

/** The first store of a zone gets the installation's own templates: routers are made of one of them. */
async function bringTemplates(call: Call, zoneId: string): Promise<void> {
  const { id: accountId } = await call.tx
    .selectFrom('accounts')
    .select('id')
    .where('role', '=', 'Root Admin')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirstOrThrow();
  await addBuiltInTemplates(call.tx, { accountId, zoneId, templates: call.builtInTemplates });
  call.wakeTemplates();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
