import { type SqlBool, sql } from 'kysely';
import { identified, inScope, type Scope } from '../../access/access.ts';
import type { Db } from '../../store/database.ts';
import { uuidOrNil } from '../../store/uuid.ts';

/** Jobs with the names that responses show. */
export function jobsWithOwners(db: Db) {
  return db
    .selectFrom('jobs')
    .leftJoin('accounts', 'accounts.id', 'jobs.account_id')
    .leftJoin('domains', 'domains.id', 'jobs.domain_id')
    .selectAll('jobs')
    .select(['accounts.name as account_name', 'domains.path as domain_path']);
}

export type JobWithOwner = Awaited<
  ReturnType<ReturnType<typeof jobsWithOwners>['executeTakeFirstOrThrow']>
>;

/** A job by UUID or internal number. */
export function jobNamed(db: Db, id: string): Promise<JobWithOwner | undefined> {
  return jobsWithOwners(db).where(identified(id, 'jobs')).executeTakeFirst();
}

interface JobsOf {
  readonly id: string;
  readonly type: string | undefined;
  /** Whose jobs the caller may see: others' are made for his objects, too. */
  readonly scope: Scope;
}

/** The last job made for an object. */
export function newestJobOf(db: Db, object: JobsOf): Promise<JobWithOwner | undefined> {
  const jobs = jobsWithOwners(db)
    .where(inScope(object.scope, 'jobs'))
    .where('jobs.object_id', '=', uuidOrNil(object.id))
    .orderBy('jobs.seq', 'desc');
  return object.type === undefined
    ? jobs.executeTakeFirst()
    : jobs.where(sql<SqlBool>`lower(jobs.object_type) = lower(${object.type})`).executeTakeFirst();
}
