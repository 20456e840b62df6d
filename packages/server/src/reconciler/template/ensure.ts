import { provideTemplate } from '../../templates/provide-template.ts';
import type { Convergence } from '../convergence.ts';

/**
 * Has a host fetch a template, unless it has it, before something of it starts there. Throws `template_unavailable`, with an
 * alert.
 */
export async function ensureTemplate(
  { db, fleet, fault }: Convergence,
  templateId: string,
  hostId: string,
): Promise<void> {
  const { format } = await db
    .selectFrom('templates')
    .select('format')
    .where('id', '=', templateId)
    .executeTakeFirstOrThrow();
  // The host made this one itself.
  if (format === 'ROOTFS') return;
  await provideTemplate({ db, agent: fleet.of(hostId) }, { templateId, hostId });
  fault('template.provided');
}
