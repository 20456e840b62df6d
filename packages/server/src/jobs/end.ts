import { type CommandDefinition, commands, type JsonObject } from '@isola/api';
import { sql } from 'kysely';
import { recordEvent } from '../events/record.ts';
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

/** Writes how a job ended, its event, and tells those who wait; all of it takes effect when the transaction commits. */
export async function endJob(db: Db, job: JobRow, ending: Ending): Promise<void> {
  const success = ending.kind === 'success';
  await db
    .updateTable('jobs')
    .set({
      status: success ? 1 : 2,
      result_code: success ? 0 : ending.code,
      result: JSON.stringify(ending.result),
      completed: new Date(),
    })
    .where('id', '=', job.id)
    .execute();
  await sql`select pg_notify(${endedJobs}, ${job.id})`.execute(db);
  const type = eventType(job.command);
  if (type === undefined) return;
  const owner = await ownerOfEvents(db, job);
  await recordEvent(db, {
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
  });
}

/** Whose the event was that opened the job. */
async function ownerOfEvents(db: Db, job: JobRow): Promise<Owner> {
  if (job.start_event_id === null) return job;
  const opened = await db
    .selectFrom('events')
    .select(['account_id', 'domain_id'])
    .where('id', '=', job.start_event_id)
    .executeTakeFirst();
  return opened ?? job;
}

function eventType(command: string): string | undefined {
  if (!isCommandName(command)) return undefined;
  const definition: CommandDefinition = commands[command];
  return definition.event;
}
