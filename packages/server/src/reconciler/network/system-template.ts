import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import type { TemplateRow } from '../../store/schema.ts';

export type SystemTemplate = Pick<TemplateRow, 'id' | 'checksum'>;

/** The template that new routers of the zone are made of. Throws `template_unavailable` when none is registered. */
export async function systemTemplate(db: Db, zoneId: string): Promise<SystemTemplate> {
  const template = await db
    .selectFrom('templates')
    .select(['id', 'checksum'])
    .where('zone_id', '=', zoneId)
    .where('type', '=', 'SYSTEM')
    .where('state', '=', 'Active')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (template !== undefined) return template;
  throw new IsolaError('template_unavailable', {
    template: 'systemvm',
    store: 'of the zone',
    reason: 'no system VM template is registered',
  });
}
