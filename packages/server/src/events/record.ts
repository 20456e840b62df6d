import { randomUUID } from 'node:crypto';
import type { QueryCreator } from 'kysely';
import type { Db } from '../store/database.ts';
import type { Database } from '../store/schema.ts';
import { nameOf, type Subject } from './subject.ts';

export interface EventRecord {
  /** Made at random when it is not given. */
  readonly id?: string;
  /** CloudStack's event type: `NETWORK.CREATE`. */
  readonly type: string;
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly state: 'Created' | 'Scheduled' | 'Started' | 'Completed';
  readonly description: string;
  readonly accountId: string;
  readonly domainId: string;
  readonly userId: string;
  /** The event that opened what this one goes on with. */
  readonly startId?: string;
  readonly resource?: Subject;
  /** Its name when it may be gone from its table. */
  readonly resourceName?: string | null;
}

/** Writes one event; returns its id. Dispatch records those of commands; code below it only what happens by itself. */
export async function recordEvent(db: Db, event: EventRecord): Promise<string> {
  const id = event.id ?? randomUUID();
  await recordEvents(db, [{ ...event, id }]);
  return id;
}

/** Writes events in this order. */
export async function recordEvents(db: Db, events: readonly EventRecord[]): Promise<void> {
  if (events.length === 0) return;
  await db.insertInto('events').values(events.map(rowOf)).execute();
}

/** Builds one statement that writes these events, in this order, beside what it does. */
export function withEvents(db: Db, events: readonly EventRecord[]): QueryCreator<Database> {
  if (events.length === 0) return db;
  return db.with('written', query => query.insertInto('events').values(events.map(rowOf)));
}

function rowOf(event: EventRecord) {
  return {
    id: event.id ?? randomUUID(),
    type: event.type,
    level: event.level,
    state: event.state,
    description: event.description,
    account_id: event.accountId,
    domain_id: event.domainId,
    user_id: event.userId,
    start_id: event.startId ?? null,
    resource_id: event.resource?.id ?? null,
    resource_type: event.resource?.type ?? null,
    resource_name: event.resourceName ?? nameOf(event.resource),
  };
}
