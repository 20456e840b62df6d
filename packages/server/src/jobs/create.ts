import { randomUUID } from 'node:crypto';
import { type CommandDefinition, commands } from '@isola/api';
import { type EventRecord, withEvents } from '../events/record.ts';
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
 * Creates the job of an intent, and the events that open it, with one statement of the intent's transaction: work begins when
 * that commits.
 */
export async function createJob(call: Call, { params, intent, owner }: NewJob): Promise<JobRow> {
  const { user, account, domain } = call.caller;
  const events = openingEvents(call, { intent, owner });
  return withEvents(call.tx, events)
    .insertInto('jobs')
    .values({
      ...jobOf(call, intent),
      user_id: user.id,
      account_id: account.id,
      domain_id: domain.id,
      params: JSON.stringify(withoutSecrets(params)),
      waits_kind: intent.waits?.kind ?? null,
      waits_id: intent.waits?.id ?? null,
      waits_generation: intent.waits?.generation ?? null,
      start_event_id: events[0]?.id ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

function jobOf({ command }: Call, { object }: Intent) {
  return { command, object_type: object?.type ?? null, object_id: object?.id ?? null };
}

/** The caller of a synchronous command never learns of its job; its events have nothing that was scheduled. */
function openingEvents(
  call: Call,
  { intent, owner }: Pick<NewJob, 'intent' | 'owner'>,
): EventRecord[] {
  const definition: CommandDefinition = commands[call.command];
  if (definition.event === undefined) return [];
  const job = jobOf(call, intent);
  const opening = randomUUID();
  const event = {
    type: definition.event,
    level: 'INFO',
    accountId: owner.account_id,
    domainId: owner.domain_id,
    userId: call.caller.user.id,
    ...(intent.object === null ? {} : { resource: intent.object }),
  } as const;
  const begun: EventRecord = { ...event, state: 'Started', description: started(job) };
  if (!definition.async) return [{ ...begun, id: opening }];
  return [
    { ...event, id: opening, state: 'Scheduled', description: scheduled(job) },
    { ...begun, startId: opening },
  ];
}
