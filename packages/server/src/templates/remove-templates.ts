import type { HostAgent } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { resolveAlerts } from '../events/alert.ts';
import type { TemplateRow } from '../store/schema.ts';
import { pathOf, readCopies } from './copies.ts';
import type { Downloads } from './downloads.ts';
import type { TemplateWork } from './work.ts';

/**
 * Takes deleted templates out of stores and, where no disk stands on them any more, off hosts. The last thing that goes is the
 * row; what cannot be done now is done by a later call.
 */
export async function removeTemplates(work: TemplateWork, downloads: Downloads): Promise<void> {
  const templates = await work.db
    .selectFrom('templates')
    .selectAll()
    .where('state', '=', 'Inactive')
    .orderBy('seq')
    .execute();
  for (const template of templates) {
    try {
      await downloads.cancel(template.id);
      await leaveStores(work, template);
      await leaveHosts(work, template);
      await forget(work, template);
    } catch (error) {
      work.log.warn({ err: error, template: template.name }, 'a template could not be removed');
    }
  }
}

async function leaveStores(work: TemplateWork, template: TemplateRow): Promise<void> {
  for (const found of await readCopies(work.db, template.id)) {
    await work.stores.remove(found.store, pathOf(found));
    await work.db
      .deleteFrom('template_stores')
      .where('template_id', '=', template.id)
      .where('store_id', '=', found.store.id)
      .execute();
  }
  await resolveAlerts(work.db, 'ALERT.STORAGE.SECONDARY', template.id);
}

async function leaveHosts(work: TemplateWork, template: TemplateRow): Promise<void> {
  const { db } = work;
  const hosts = await db
    .selectFrom('template_hosts')
    .select('host_id')
    .where('template_id', '=', template.id)
    .execute();
  const agents = work.agents();
  for (const { host_id: hostId } of hosts) {
    const agent = agents.get(hostId);
    if (agent === undefined) continue;
    // Another template may have the same content, and with it the same file.
    const same = await db
      .selectFrom('templates')
      .select('id')
      .where('checksum', '=', template.checksum)
      .where('id', '<>', template.id)
      .executeTakeFirst();
    if (same === undefined && !(await left(agent, template.checksum))) continue;
    await db
      .deleteFrom('template_hosts')
      .where('template_id', '=', template.id)
      .where('host_id', '=', hostId)
      .execute();
  }
}

/** Whether the host has no copy any more. */
async function left(agent: HostAgent, checksum: string): Promise<boolean> {
  if (checksum === '') return true;
  try {
    await agent.removeTemplate(checksum);
    return true;
  } catch (error) {
    if (error instanceof IsolaError && error.code === 'in_use') return false;
    throw error;
  }
}

/** Deletes the row when nothing refers to it. */
async function forget({ db }: TemplateWork, { id }: TemplateRow): Promise<void> {
  await db
    .deleteFrom('templates')
    .where('id', '=', id)
    .where('state', '=', 'Inactive')
    .where(eb =>
      eb.not(
        eb.or([
          eb.exists(eb.selectFrom('instances').select('id').where('template_id', '=', id)),
          eb.exists(eb.selectFrom('routers').select('id').where('template_id', '=', id)),
          eb.exists(
            eb.selectFrom('template_stores').select('store_id').where('template_id', '=', id),
          ),
          eb.exists(
            eb.selectFrom('template_hosts').select('host_id').where('template_id', '=', id),
          ),
        ]),
      ),
    )
    .execute();
}
