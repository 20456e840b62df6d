import type { HostAgent } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { raiseAlert, resolveAlerts } from '../events/alert.ts';
import type { Db } from '../store/database.ts';
import type { TemplateHostTable, TemplateRow } from '../store/schema.ts';
import { readCopies } from './copies.ts';
import { notDownloaded } from './not-downloaded.ts';
import { reasonOf } from './trouble.ts';

interface Wanted {
  readonly templateId: string;
  readonly hostId: string;
}

/**
 * Gives a host a template unless it has it, verified, and records what the host has. Call before a disk is made. Throws
 * `template_unavailable` that names template and store, and raises an alert; nothing is left half-made on the host.
 */
export async function provideTemplate(
  { db, agent }: { readonly db: Db; readonly agent: HostAgent },
  wanted: Wanted,
): Promise<void> {
  const template = await db
    .selectFrom('templates')
    .selectAll()
    .where('id', '=', wanted.templateId)
    .executeTakeFirstOrThrow();
  // The host made this one itself.
  if (template.format === 'ROOTFS') return;
  if (template.checksum === '') throw await notDownloaded(db, template.id);
  await record(db, wanted, { state: 'Copying', error: null });
  try {
    await agent.ensureTemplate({
      id: template.id,
      name: template.name,
      checksum: template.checksum,
      format: template.format,
      sizeBytes: template.file_bytes,
    });
  } catch (error) {
    const failure = await namingStore(db, template, error);
    await record(db, wanted, { state: 'Failed', error: reasonOf(failure) });
    if (failure.code === 'template_unavailable')
      await raiseAlert(db, {
        name: 'ALERT.STORAGE.SECONDARY',
        description: failure.message,
        subjectId: template.id,
        zoneId: template.zone_id,
      });
    throw failure;
  }
  if (await record(db, wanted, { state: 'Ready', error: null }))
    await resolveAlerts(db, 'ALERT.STORAGE.SECONDARY', template.id);
}

type HostState = Pick<TemplateHostTable, 'state' | 'error'>;

/** Writes the state of a host's copy; `Copying` only where it is not ready. Tells whether anything changed. */
async function record(db: Db, wanted: Wanted, state: HostState): Promise<boolean> {
  const changed = await db
    .insertInto('template_hosts')
    .values({ template_id: wanted.templateId, host_id: wanted.hostId, ...state })
    .onConflict(conflict =>
      conflict
        .columns(['template_id', 'host_id'])
        .doUpdateSet({ ...state, updated: new Date() })
        .where(
          'template_hosts.state',
          'not in',
          state.state === 'Failed' ? [state.state] : ['Ready', state.state],
        ),
    )
    .returning('host_id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** A host knows templates but no image stores: the error is told with the store's name. */
async function namingStore(db: Db, template: TemplateRow, error: unknown): Promise<IsolaError> {
  if (!(error instanceof IsolaError)) throw error;
  if (error.code !== 'template_unavailable') return error;
  const [copy] = await readCopies(db, template.id);
  if (copy === undefined) return error;
  const details = { ...error.details, template: template.name, store: copy.store.name };
  return new IsolaError('template_unavailable', details, error);
}
