import { type CommandDefinition, commands } from '@isola/api';
import { recordEvent } from '../events/record.ts';
import type { Call, Intent, Owner } from '../http/call.ts';
import type { JobRow } from '../store/schema.ts';
import { scheduled } from './describe.ts';
import { withoutSecrets } from './params.ts';

interface NewJob {
  readonly params: object;
  readonly intent: Intent;
  /** Whose object the job is about: the job is its caller's, the events are the owner's. */
  readonly owner: Owner;
}

/** Creates the job of an intent, and the event that opens it, in the intent's transaction. */
export async function createJob(call: Call, { params, intent, owner }: NewJob): Promise<JobRow> {
  const { user, account, domain } = call.caller;
  const job = {
    command: call.command,
    object_type: intent.object?.type ?? null,
    object_id: intent.object?.id ?? null,
  };
  const definition: CommandDefinition = commands[call.command];
  const startEvent =
    definition.event === undefined
      ? null
      : await recordEvent(call.tx, {
          type: definition.event,
          level: 'INFO',
          state: 'Scheduled',
          description: scheduled(job),
          accountId: owner.account_id,
          domainId: owner.domain_id,
          userId: user.id,
          ...(intent.object === null ? {} : { resource: intent.object }),
        });
  return call.tx
    .insertInto('jobs')
    .values({
      ...job,
      user_id: user.id,
      account_id: account.id,
      domain_id: domain.id,
      params: JSON.stringify(withoutSecrets(params)),
      waits_kind: intent.waits?.kind ?? null,
      waits_id: intent.waits?.id ?? null,
      waits_generation: intent.waits?.generation ?? null,
      start_event_id: startEvent,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
