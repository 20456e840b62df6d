import { commands } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { inScope, listScope, requireOwner, unknownId } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { managementServer } from '../../identity/management-server.ts';
import { readableResult } from '../../jobs/readable-result.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import { uuidOrNil } from '../../store/uuid.ts';
import { jobNamed, jobsWithOwners, newestJobOf } from './repository.ts';
import { jobResponse } from './response.ts';

/** Jobs carry synchronous commands, too, whose callers wait for them and never learn their ids. */
const asyncCommands = Object.values(commands)
  .filter(command => command.async)
  .map(command => command.name);

export const jobCommands = {
  queryAsyncJobResult: {
    kind: 'sync',
    async run(call, params) {
      const named =
        params.jobid === undefined
          ? { parameter: 'resourceid', id: params.resourceid }
          : { parameter: 'jobid', id: params.jobid };
      if (named.id === undefined)
        throw new IsolaError('missing_parameter', { command: call.command, parameter: 'jobid' });
      const job =
        params.jobid === undefined
          ? await newestJobOf(call.tx, {
              id: named.id,
              type: params.resourcetype,
              scope: await listScope(call, { listall: true }),
            })
          : await jobNamed(call.tx, params.jobid);
      if (job === undefined) throw unknownId(call, { parameter: named.parameter, id: named.id });
      await requireOwner(call, job, `job ${job.id}`);
      const server = await managementServer(call.tx);
      return jobResponse({ ...job, result: readableResult(call, job) }, server);
    },
  },

  listAsyncJobs: {
    kind: 'sync',
    async run(call, params) {
      const scope = await listScope(call, params);
      let query = jobsWithOwners(call.tx)
        .where(inScope(scope, 'jobs'))
        .where('jobs.command', 'in', asyncCommands)
        .orderBy('jobs.seq', 'desc');
      if (params.keyword !== undefined)
        query = query.where(containing('jobs.command', params.keyword));
      if (params.startdate !== undefined)
        query = query.where('jobs.created', '>=', params.startdate);
      if (params.resourceid !== undefined)
        query = query.where('jobs.object_id', '=', uuidOrNil(params.resourceid));
      if (params.resourcetype !== undefined)
        query = query.where(sql<SqlBool>`lower(jobs.object_type) = lower(${params.resourcetype})`);
      const server = await managementServer(call.tx);
      if (params.managementserverid !== undefined)
        query = query.where(
          sql<SqlBool>`jobs.status = 0 and ${params.managementserverid} = ${server.id}`,
        );
      const { count, rows } = await longPageOf(call, { query, key: 'jobs.id' }, params);
      return {
        count,
        items: rows.map(job => jobResponse({ ...job, result: readableResult(call, job) }, server)),
      };
    },
  },
} satisfies Partial<Handlers>;
