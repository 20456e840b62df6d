import type { Db } from '../store/database.ts';
import type { ImageStoreRow, TemplateRow, TemplateStoreRow } from '../store/schema.ts';

/** A template in one image store. */
export interface StoreCopy {
  readonly template: TemplateRow;
  readonly store: ImageStoreRow;
  readonly copy: TemplateStoreRow;
}

/** Templates in image stores, those of one template when it is named; oldest template first. */
export async function readCopies(db: Db, templateId?: string): Promise<readonly StoreCopy[]> {
  let query = db.selectFrom('template_stores').selectAll();
  if (templateId !== undefined) query = query.where('template_id', '=', templateId);
  const copies = await query.execute();
  if (copies.length === 0) return [];
  const templates = await db
    .selectFrom('templates')
    .selectAll()
    .where(
      'id',
      'in',
      copies.map(copy => copy.template_id),
    )
    .orderBy('seq')
    .execute();
  const stores = await db.selectFrom('image_stores').selectAll().orderBy('seq').execute();
  return templates.flatMap(template =>
    stores.flatMap(store =>
      copies
        .filter(copy => copy.template_id === template.id && copy.store_id === store.id)
        .map(copy => ({ template, store, copy })),
    ),
  );
}

/** What errors and alerts say of a copy. */
export function subjectOf({ template, store }: StoreCopy) {
  return { template, store, zoneId: store.zone_id };
}

/** Where the file is in the store. */
export function pathOf({ template, copy }: StoreCopy): string {
  return copy.path ?? `template/${template.id}`;
}
