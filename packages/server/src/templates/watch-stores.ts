import { raiseAlert, resolveAlerts } from '../events/alert.ts';
import type { ImageStoreRow } from '../store/schema.ts';
import { pathOf, readCopies, type StoreCopy, subjectOf } from './copies.ts';
import { openTemplate } from './open-template.ts';
import { reasonOf, recordFailedCopy, unavailable } from './trouble.ts';
import type { TemplateWork } from './work.ts';

/** A store with less than this part of its space free is full. */
const leastFree = 0.05;

/**
 * Looks at every image store: one that is gone, refuses files or is full raises an alert, which is resolved when it is back; so
 * does a template whose file is not there as it was. One that was found wrong is read whole, and ready again when it is right.
 */
export async function watchStores(work: TemplateWork): Promise<void> {
  const stores = await work.db.selectFrom('image_stores').selectAll().orderBy('seq').execute();
  for (const store of stores) if (await watchStore(work, store)) await watchCopies(work, store);
}

/** Whether the store can be read. */
async function watchStore(work: TemplateWork, store: ImageStoreRow): Promise<boolean> {
  try {
    const { totalBytes, freeBytes } = await work.stores.check(store, {
      writable: !store.is_readonly,
    });
    await work.db
      .updateTable('image_stores')
      .set({ total_bytes: totalBytes, used_bytes: totalBytes - freeBytes })
      .where('id', '=', store.id)
      .execute();
    if (!store.is_readonly && freeBytes < totalBytes * leastFree)
      await raise(work, store, `${freeBytes} of ${totalBytes} bytes are free`);
    else await resolveAlerts(work.db, 'ALERT.STORAGE.SECONDARY', store.id);
    return true;
  } catch (error) {
    work.log.warn({ err: error, store: store.name }, 'an image store cannot be used');
    await raise(work, store, reasonOf(error));
    // One that only refuses new files can still be read.
    return work.stores.check(store, { writable: false }).then(
      () => true,
      () => false,
    );
  }
}

/** One alert a store, about what is wrong now. */
async function raise({ db }: TemplateWork, store: ImageStoreRow, reason: string): Promise<void> {
  const open = await db
    .selectFrom('alerts')
    .select('id')
    .where('name', '=', 'ALERT.STORAGE.SECONDARY')
    .where('subject_id', '=', store.id)
    .where('resolved', 'is', null)
    .executeTakeFirst();
  if (open !== undefined) return;
  await raiseAlert(db, {
    name: 'ALERT.STORAGE.SECONDARY',
    description: `Image store ${store.name} (${store.url}) cannot be used: ${reason}`,
    subjectId: store.id,
    zoneId: store.zone_id,
  });
}

async function watchCopies(work: TemplateWork, store: ImageStoreRow): Promise<void> {
  for (const found of await readCopies(work.db)) {
    if (found.store.id !== store.id || found.copy.download_state !== 'DOWNLOADED') continue;
    // Nothing was fetched.
    if (found.template.hypervisor === 'Simulator') continue;
    if (found.copy.state === 'Ready') await compare(work, found);
    else if (found.copy.state === 'Failed') await readWhole(work, found);
  }
}

/** A missing or cut file is noticed before a host asks for it. */
async function compare(work: TemplateWork, found: StoreCopy): Promise<void> {
  try {
    const size = await work.stores.size(found.store, pathOf(found));
    if (size === found.template.file_bytes) return;
    const reason =
      size === null
        ? `${pathOf(found)} is not there`
        : `its file has ${size} bytes instead of ${found.template.file_bytes}`;
    throw new Error(reason);
  } catch (error) {
    const failure = unavailable(subjectOf(found), error);
    await recordFailedCopy(work.db, subjectOf(found), failure);
  }
}

/** Reading verifies, and records what it finds. */
async function readWhole(work: TemplateWork, { template }: StoreCopy): Promise<void> {
  try {
    const { stream } = await openTemplate(work, template.id);
    stream.on('data', () => undefined);
    await new Promise<void>((done, failed) => {
      stream.once('error', failed);
      stream.once('close', done);
    });
  } catch (error) {
    work.log.info({ err: error, template: template.name }, 'a template is still not as it was');
  }
}
