import type { ResultOf } from '@isola/api';
import type { Db } from '../../store/database.ts';
import { resourceCounts } from '../account/counts.ts';
import { countFields } from '../resource-limit/count-fields.ts';
import { limitsOf } from '../resource-limit/limits.ts';
import { tagResponse } from '../tag/load.ts';
import { ownersOf, type ShownProject } from './repository.ts';

/** Projects as the API shows them; `counts`: with what they hold. */
export async function projectResponses(
  db: Db,
  projects: readonly ShownProject[],
  counts: boolean,
): Promise<ResultOf<'listProjects'>['items']> {
  const ids = projects.map(project => project.id);
  const owners = await ownersOf(db, ids);
  const countOf = counts ? await resourceCounts(db, 'account', ids) : undefined;
  const limits = counts
    ? await limitsOf(
        db,
        projects.map(row => ({ kind: 'account', row })),
      )
    : undefined;
  return projects.map(project => {
    const held = countOf?.(project.id);
    const limit = limits?.get(project.id);
    return {
      id: project.id,
      name: project.name,
      displaytext: project.display_text,
      domainid: project.domain_id,
      domain: project.domain,
      state: project.state,
      created: project.created,
      owner: owners.get(project.id) ?? [],
      projectaccountname: `PrjAcct-${project.name}-${project.domain_seq}`,
      tags: (project.tags ?? []).map(tagResponse),
      ...(held === undefined || limit === undefined
        ? {}
        : { ...countFields(held, limit), vmrunning: held.running, vmstopped: held.stopped }),
    };
  });
}
