import type { HypervisorKind } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import type { TemplateRow } from '../../store/schema.ts';

export type SystemTemplate = Pick<TemplateRow, 'id' | 'checksum'>;

/**
 * The templates that new routers of the zone are made of, the newest of each hypervisor. Throws `template_unavailable` when none
 * is registered.
 */
export async function systemTemplates(
  db: Db,
  zoneId: string,
): Promise<ReadonlyMap<HypervisorKind, SystemTemplate>> {
  const rows = await db
    .selectFrom('templates')
    .select(['id', 'checksum', 'hypervisor'])
    .where('zone_id', '=', zoneId)
    .where('type', '=', 'SYSTEM')
    .where('state', '=', 'Active')
    .orderBy('seq')
    .execute();
  if (rows.length === 0)
    throw new IsolaError('template_unavailable', {
      template: 'systemvm',
      store: 'of the zone',
      reason: 'no system VM template is registered',
    });
  return new Map(rows.map(row => [row.hypervisor, row]));
}
