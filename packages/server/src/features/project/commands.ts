import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { pageOf } from '../../store/page.ts';
import type { JobRow } from '../../store/schema.ts';
import { resourceCounts } from '../account/counts.ts';
import {
  refuseLentNetworks,
  removalGeneration,
  removeAccount,
  removeNow,
} from '../account/removal.ts';
import { stopInstances } from '../account/state-commands.ts';
import { createProject } from './create.ts';
import { filteredProjects } from './list.ts';
import { administeredProject, type ShownProject, selectProjects } from './repository.ts';
import { projectResponses } from './response.ts';
import { updateProject } from './update.ts';

export const projectCommands = {
  createProject: { kind: 'job', begin: createProject, result: jobProject },

  listProjects: {
    kind: 'sync',
    async run(call, params) {
      const query = (await filteredProjects(call, params)).orderBy('accounts.seq');
      const { count, rows } = await pageOf(call, query, params);
      const counts = params.details?.includes('min') !== true;
      return { count, items: await projectResponses(call.tx, rows, counts) };
    },
  },

  updateProject: { kind: 'job', begin: updateProject, result: jobProject },

  activateProject: {
    kind: 'job',
    begin: async (call, params) => changeState(call, params.id, 'Active'),
    result: jobProject,
  },

  suspendProject: {
    kind: 'job',
    async begin(call, params) {
      const intent = await changeState(call, params.id, 'Suspended');
      await stopInstances(call, intent.object.id);
      return intent;
    },
    result: jobProject,
  },

  deleteProject: {
    kind: 'job',
    async begin(call, params) {
      const project = await administeredProject(call, { parameter: 'id', id: params.id });
      if (params.cleanup !== true) await requireEmpty(call, project);
      await call.tx
        .updateTable('projects')
        .set({ state: 'Disabled' })
        .where('id', '=', project.id)
        .execute();
      await refuseLentNetworks(call.tx, { accounts: [project.id], domains: [] });
      const leaving = await removeAccount(call.tx, project.id);
      for (const id of leaving?.instances ?? []) call.wake('instance', id);
      for (const id of leaving?.networks ?? []) call.wake('network', id);
      const object = { type: 'Project', id: project.id };
      if ((await removeNow(call.tx, [project.id])).includes(project.id))
        return { object, waits: null };
      return {
        object,
        waits: { kind: 'removal', id: project.id, generation: removalGeneration },
      };
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

async function changeState(call: Call, id: string, state: 'Active' | 'Suspended') {
  const project = await administeredProject(call, { parameter: 'id', id });
  await call.tx.updateTable('projects').set({ state }).where('id', '=', project.id).execute();
  return { object: { type: 'Project', id: project.id }, waits: null };
}

async function requireEmpty(call: Call, { id, name }: ShownProject): Promise<void> {
  const held = (await resourceCounts(call.tx, 'account', [id]))(id);
  const destroyed = await call.tx
    .selectFrom('instances')
    .select('id')
    .where('account_id', '=', id)
    .executeTakeFirst();
  const left = [
    ...(destroyed === undefined ? [] : ['instances']),
    ...(held.networks === 0 ? [] : ['networks']),
    ...(held.addresses === 0 ? [] : ['public addresses']),
    ...(held.templates === 0 ? [] : ['templates']),
  ];
  if (left.length === 0) return;
  throw new IsolaError('in_use', {
    reason: `Project ${name} has ${left.join(', ')}; cleanup=true deletes them too`,
  });
}

async function jobProject(db: Db, job: JobRow) {
  const id = job.object_id ?? '';
  const row = await selectProjects(db).where('projects.id', '=', id).executeTakeFirst();
  if (row === undefined) return { id };
  const [project = {}] = await projectResponses(db, [row], true);
  return project;
}
