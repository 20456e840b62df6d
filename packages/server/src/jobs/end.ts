import { type CommandDefinition, commands, type JsonObject } from '@isola/api';
import { sql } from 'kysely';
import { type EventRecord, recordEvents } from '../events/record.ts';
import type { Owner } from '../http/call.ts';
import { isCommandName } from '../http/command-names.ts';
import type { Db } from '../store/database.ts';
import type { JobRow } from '../store/schema.ts';
import { failed, succeeded } from './describe.ts';

/** PostgreSQL's channel on which the ids of ended jobs go to the servers that wait for them. */
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
 * Writes how jobs ended, their events, and tells those who wait; all of it takes effect when the transaction commits. Costs the
 * same number of statements for one job as for many.
 */
export async function endJobs(db: Db, ended: readonly EndedJob[]): Promise<void> {
  if (ended.length === 0) return;
  const openings = await writeEndings(db, ended);
  await recordEvents(
    db,
    ended.flatMap(one => {
      const type = eventType(one.job.command);
      return type === undefined ? [] : [eventOf(type, one, openings.get(one.job.id))];
    }),
  );
}

/** What endings take over from the event that opened the job. */
interface Opening extends Owner {
  readonly resource_name: string | null;
}

/** Gives what opened the jobs, by job. */
async function writeEndings(
  db: Db,
  ended: readonly EndedJob[],
): Promise<ReadonlyMap<string, Opening>> {
  const column = <T>(read: (one: EndedJob) => T): T[] => ended.map(read);
  const { rows } = await sql<{ id: string } & { [K in keyof Opening]: Opening[K] | null }>`
    with ended as (
      update jobs set status = e.status, result_code = e.code, result = e.result::jsonb, completed = clock_timestamp()
      from unnest(
        ${column(one => one.job.id)}::uuid[],
        ${column(({ ending }) => (ending.kind === 'success' ? 1 : 2))}::int[],
        ${column(({ ending }) => (ending.kind === 'success' ? 0 : ending.code))}::int[],
        ${column(({ ending }) => JSON.stringify(ending.result))}::text[]
      ) as e(id, status, code, result)
      where jobs.id = e.id
      returning jobs.id, jobs.start_event_id
    )
    select ended.id, events.account_id, events.domain_id, events.resource_name, pg_notify(${endedJobs}, ended.id::text)
    from ended left join events on events.id = ended.start_event_id`.execute(db);
  const openings = new Map<string, Opening>();
  for (const { id, account_id, domain_id, resource_name } of rows)
    if (account_id !== null && domain_id !== null)
      openings.set(id, { account_id, domain_id, resource_name });
  return openings;
}

function eventOf(type: string, { job, ending }: EndedJob, opening?: Opening): EventRecord {
  const owner = opening ?? job;
  const success = ending.kind === 'success';
  return {
    type,
    level: success ? 'INFO' : 'ERROR',
    state: 'Completed',
    description: success ? succeeded(job) : failed(job, ending.reason),
    accountId: owner.account_id,
    domainId: owner.domain_id,
    userId: job.user_id,
    ...(job.start_event_id === null ? {} : { startId: job.start_event_id }),
    ...(job.object_id === null || job.object_type === null
      ? {}
      : { resource: { type: job.object_type, id: job.object_id } }),
    resourceName: opening?.resource_name ?? null,
  };
}

function eventType(command: string): string | undefined {
  if (!isCommandName(command)) return undefined;
  const definition: CommandDefinition = commands[command];
  return definition.event;
}
