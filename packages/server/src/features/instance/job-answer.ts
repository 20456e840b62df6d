import type { Db } from '../../store/database.ts';
import type { JobRow } from '../../store/schema.ts';
import { viewerOf } from '../network/viewer.ts';
import type { InstanceEntity } from './response.ts';
import { showInstance } from './show.ts';

/** The answer of a job about an instance: the instance as it is. */
export async function instanceOfJob(db: Db, job: JobRow): Promise<InstanceEntity> {
  return showInstance(db, job.object_id ?? '', await viewerOf(db, job));
}
