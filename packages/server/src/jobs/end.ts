import { type CommandDefinition, commands, type JsonObject } from '@isola/api';
import { sql } from 'kysely';
import { isCommandName } from '../http/command-names.ts';
import type { Db } from '../store/database.ts';
import type { JobRow } from '../store/schema.ts';
import { failed, succeeded } from './describe.ts';

/** PostgreSQL's channel on which the ids of ended jobs go to the servers whose callers wait for them. */
export const endedJobs = 'isola_ended_jobs';

export type Ending =
  | { readonly kind: 'success'; readonly result: JsonObject }
  | {
      readonly kind: 'failure';
      /** CloudStack's error number. */
      readonly code: number;
      readonly reason: string;
      readonly result: JsonObject;
    };

export interface EndedJob {
  readonly job: JobRow;
  readonly ending: Ending;
}

/**
 * Writes how jobs ended, their events, and tells those who wait; all of it takes effect when the transaction commits. One
 * statement, for one job as for many. A job that somebody else ended meanwhile stays as it is.
 */
export async function endJobs(db: Db, ended: readonly EndedJob[]): Promise<void> {
  if (ended.length === 0) return;
  // Of a list as JSON the plan does not depend on its length, so that it is kept. With `status = 0` it could read the index of all
  // jobs that wait.
  const given = JSON.stringify(ended.map(endingRow));
  await sql`
    with given as (
      select * from json_to_recordset(${given}) as g(at int, id uuid, status int, code int, result jsonb, awaited boolean, type text, level text, description text)
    ), ended as (
      update jobs set status = given.status, result_code = given.code, result = given.result, completed = clock_timestamp()
      from given where jobs.id = given.id and jobs.status < 1
      returning given.at, given.awaited, given.type, given.level, given.description, jobs.id, jobs.start_event_id, jobs.user_id, jobs.account_id,
        jobs.domain_id, jobs.object_id, jobs.object_type
    ), written as (
      insert into events (type, level, state, description, account_id, domain_id, user_id, start_id, resource_id, resource_type, resource_name)
      select e.type, e.level, 'Completed', e.description, coalesce(o.account_id, e.account_id), coalesce(o.domain_id, e.domain_id),
        e.user_id, e.start_event_id, case when e.object_type is not null then e.object_id end,
        case when e.object_id is not null then e.object_type end, o.resource_name
      from ended e left join events o on o.id = e.start_event_id where e.type is not null order by e.at
    )
    select pg_notify(${endedJobs}, id::text) from ended where awaited`.execute(db);
}

/** `at`: its place among those that end with it. `type`: of its event, for a command that has one. */
function endingRow({ job, ending }: EndedJob, at: number) {
  const definition = definitionOf(job.command);
  const success = ending.kind === 'success';
  return {
    at,
    id: job.id,
    status: success ? 1 : 2,
    code: success ? 0 : ending.code,
    result: ending.result,
    // Callers of asynchronous commands ask by themselves. Those who tell commit one after the other.
    awaited: definition?.async === false,
    type: definition?.event,
    level: success ? 'INFO' : 'ERROR',
    description: success ? succeeded(job) : failed(job, ending.reason),
  };
}

function definitionOf(command: string): CommandDefinition | undefined {
  return isCommandName(command) ? commands[command] : undefined;
}
