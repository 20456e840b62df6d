import type { ResultOf } from '@isola/api';
import type { ManagementServer } from '../../identity/management-server.ts';
import type { JobWithOwner } from './repository.ts';

/** A job as clients poll it. `jobstatus`: 0 pending, 1 succeeded, 2 failed. */
export function jobResponse(
  job: JobWithOwner,
  server: ManagementServer,
): ResultOf<'queryAsyncJobResult'> {
  return {
    jobid: job.id,
    accountid: job.account_id,
    account: job.account_name ?? undefined,
    domainid: job.domain_id,
    domainpath: job.domain_path ?? undefined,
    userid: job.user_id,
    cmd: job.command,
    jobstatus: job.status,
    jobprocstatus: 0,
    jobresultcode: job.result_code,
    jobresulttype: job.status === 0 ? undefined : 'object',
    jobresult: job.result ?? undefined,
    jobinstancetype: job.object_type ?? undefined,
    jobinstanceid: job.object_id ?? undefined,
    created: job.created,
    completed: job.completed ?? undefined,
    // As in CloudStack: who runs it, while it is run.
    ...(job.status === 0
      ? { managementserverid: server.id, managementservername: server.name }
      : {}),
  };
}
