import { IsolaError } from '@isola/model';
import type { Db } from '../store/database.ts';
import { readCopies } from './copies.ts';

/** The error of a template whose file has never been in a store. */
export async function notDownloaded(db: Db, templateId: string): Promise<IsolaError> {
  const template = await db
    .selectFrom('templates')
    .select('name')
    .where('id', '=', templateId)
    .executeTakeFirst();
  const [found] = await readCopies(db, templateId);
  return new IsolaError('template_unavailable', {
    template: template?.name ?? templateId,
    store: found?.store.name ?? '(none)',
    reason: found?.copy.error ?? 'it has not been downloaded',
  });
}
