import { IsolaError } from '@isola/model';
import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import type { TemplateHostTable, TemplateRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';

/**
 * Has a host fetch a template, unless it has it, before something of it starts there, and keeps how that went. Throws
 * `template_unavailable`, with an alert.
 */
export async function ensureTemplate(
  ctx: Convergence,
  templateId: string,
  hostId: string,
): Promise<void> {
  const template = await ctx.db
    .selectFrom('templates')
    .selectAll()
    .where('id', '=', templateId)
    .executeTakeFirstOrThrow();
  // The host made this one itself.
  if (template.format === 'ROOTFS') return;
  const place = { template_id: template.id, host_id: hostId };
  await note(ctx, place, { state: 'Copying', error: null });
  ctx.fault('template.copying');
  try {
    await ctx.fleet.of(hostId).ensureTemplate({
      id: template.id,
      name: template.name,
      checksum: template.checksum,
      format: template.format,
      sizeBytes: template.file_bytes,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await note(ctx, place, { state: 'Failed', error: reason });
    if (error instanceof IsolaError && error.code === 'template_unavailable')
      await raiseTemplateAlert(ctx, template, reason);
    throw error;
  }
  ctx.fault('template.copied');
  await note(ctx, place, { state: 'Ready', error: null });
  await resolveAlerts(ctx.db, 'ALERT.STORAGE.MISC', template.id);
}

type Copy = Pick<TemplateHostTable, 'state' | 'error'>;

/** A copy that is there stays `Ready` while the host verifies it again. */
async function note(
  { db }: Convergence,
  place: { readonly template_id: string; readonly host_id: string },
  copy: Copy,
): Promise<void> {
  const values = { ...copy, updated: new Date() };
  await db
    .insertInto('template_hosts')
    .values({ ...place, ...values })
    .onConflict(conflict => {
      const update = conflict.columns(['template_id', 'host_id']).doUpdateSet(values);
      return copy.state === 'Copying'
        ? update.where('template_hosts.state', '<>', 'Ready')
        : update;
    })
    .execute();
}

function raiseTemplateAlert(
  { db }: Convergence,
  template: TemplateRow,
  reason: string,
): Promise<void> {
  return raiseAlert(db, {
    name: 'ALERT.STORAGE.MISC',
    description: reason,
    subjectId: template.id,
    zoneId: template.zone_id,
  });
}
