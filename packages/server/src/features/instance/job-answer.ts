import type { Db } from '../../store/database.ts';
import type { JobRow } from '../../store/schema.ts';
import { viewerOf } from '../network/viewer.ts';
import { loadNics } from '../nic/repository.ts';
import { loadTags } from '../tag/load.ts';
import { selectInstances } from './repository.ts';
import { detailParts, type InstanceEntity, instanceResponse } from './response.ts';

/** The answer of a job about an instance: the instance as it is. */
export async function instanceOfJob(db: Db, job: JobRow): Promise<InstanceEntity> {
  const id = job.object_id ?? '';
  const row = await selectInstances(db).where('instances.id', '=', id).executeTakeFirst();
  if (row === undefined) return { id };
  const nics = await loadNics(db, [id]);
  const tags = await loadTags(db, 'UserVm', [id]);
  return instanceResponse(row, {
    nics: nics.get(id) ?? [],
    tags: tags.get(id) ?? [],
    viewer: await viewerOf(db, job),
    parts: new Set(detailParts),
  });
}
