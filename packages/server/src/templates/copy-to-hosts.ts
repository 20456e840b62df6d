import { provideTemplate } from './provide-template.ts';
import type { TemplateWork } from './work.ts';

/** Gives templates to the hosts that are to have them, also those whose copying was interrupted. One at a time. */
export async function copyToHosts(work: TemplateWork): Promise<void> {
  const wanted = await work.db
    .selectFrom('template_hosts')
    .innerJoin('templates', 'templates.id', 'template_hosts.template_id')
    .select(['template_hosts.template_id', 'template_hosts.host_id', 'templates.name'])
    .where('template_hosts.state', '=', 'Copying')
    .where('templates.state', '=', 'Active')
    .orderBy('templates.seq')
    .execute();
  for (const { template_id: templateId, host_id: hostId, name } of wanted) {
    const agent = work.agents().get(hostId);
    if (agent === undefined) continue;
    try {
      await provideTemplate({ db: work.db, agent }, { templateId, hostId });
    } catch (error) {
      work.log.warn({ err: error, template: name }, 'a host could not be given a template');
    }
  }
}
