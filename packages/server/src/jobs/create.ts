import { randomUUID } from 'node:crypto';
import { type CommandDefinition, commands } from '@isola/api';
import { type EventRecord, recordEvents } from '../events/record.ts';
import type { Call, Intent, Owner } from '../http/call.ts';
import type { JobRow } from '../store/schema.ts';
import { scheduled, started } from './describe.ts';
import { withoutSecrets } from './params.ts';

interface NewJob {
  readonly params: object;
  readonly intent: Intent;
  /** Whose object the job is about: the job is its caller's, the events are the owner's. */
  readonly owner: Owner;
}

/**
 * Creates the job of an intent, and the events that open it, in the intent's transaction: work begins when that commits. The caller of
 * a synchronous command never learns of its job; its events have nothing that was scheduled.
 */
export async function createJob(call: Call, { params, intent, owner }: NewJob): Promise<JobRow> {
  const { user, account, domain } = call.caller;
  const job = {
    command: call.command,
    object_type: intent.object?.type ?? null,
    object_id: intent.object?.id ?? null,
  };
  const definition: CommandDefinition = commands[call.command];
  const opening = definition.event === undefined ? null : randomUUID();
  if (definition.event !== undefined && opening !== null) {
    const event = {
      type: definition.event,
      level: 'INFO',
      accountId: owner.account_id,
      domainId: owner.domain_id,
      userId: user.id,
      ...(intent.object === null ? {} : { resource: intent.object }),
    } as const;
    const begun: EventRecord = { ...event, state: 'Started', description: started(job) };
    await recordEvents(
      call.tx,
      definition.async
        ? [
            { ...event, id: opening, state: 'Scheduled', description: scheduled(job) },
            { ...begun, startId: opening },
          ]
        : [{ ...begun, id: opening }],
    );
  }
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
      start_event_id: opening,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
