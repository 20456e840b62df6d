import type { ParamsOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import { uuidOrNil } from '../../store/uuid.ts';
import { chosen, requireAll } from '../alert/choice.ts';
import { selectEvents } from './repository.ts';
import { eventResponse } from './response.ts';
import { eventTypes } from './types.ts';

const columns = { table: 'events', time: 'created' } as const;

export const eventCommands = {
  listEvents: {
    kind: 'sync',
    async run(call, params) {
      let query = selectEvents(call.tx)
        .where(inScope(await listScope(call, params), 'events'))
        .orderBy('events.seq', 'desc');
      for (const filter of filters(params)) query = query.where(filter);
      const { count, rows } = await longPageOf(call, { query, key: 'events.id' }, params);
      return { count, items: rows.map(eventResponse) };
    },
  },
  archiveEvents: {
    kind: 'sync',
    async run(call, params) {
      let change = call.tx
        .updateTable('events')
        .set({ archived: true })
        .where(inScope(await listScope(call, { listall: true }), 'events'));
      for (const filter of chosen(params, columns)) change = change.where(filter);
      const { numUpdatedRows } = await change.executeTakeFirstOrThrow();
      requireAll(params, Number(numUpdatedRows), 'archive Events');
      return { success: true };
    },
  },
  deleteEvents: {
    kind: 'sync',
    async run(call, params) {
      let removal = call.tx
        .deleteFrom('events')
        .where(inScope(await listScope(call, { listall: true }), 'events'));
      for (const filter of chosen(params, columns)) removal = removal.where(filter);
      const { numDeletedRows } = await removal.executeTakeFirstOrThrow();
      requireAll(params, Number(numDeletedRows), 'delete Events');
      return { success: true };
    },
  },
  listEventTypes: {
    kind: 'sync',
    run: () =>
      Promise.resolve({
        count: eventTypes.length,
        items: eventTypes.map(name => ({ name })),
      }),
  },
} satisfies Partial<Handlers>;

function* filters(params: ParamsOf<'listEvents'>): Generator<Expression<SqlBool>> {
  if (params.id !== undefined) yield identified(params.id, 'events');
  if (params.type !== undefined) yield sql<SqlBool>`lower(events.type) = lower(${params.type})`;
  if (params.level !== undefined) yield sql<SqlBool>`events.level = ${params.level.toUpperCase()}`;
  if (params.state !== undefined) yield sql<SqlBool>`lower(events.state) = lower(${params.state})`;
  if (params.keyword !== undefined) yield containing('events.description', params.keyword);
  if (params.startdate !== undefined) yield sql<SqlBool>`events.created >= ${params.startdate}`;
  if (params.enddate !== undefined) yield sql<SqlBool>`events.created <= ${params.enddate}`;
  // One that is asked for by its id is shown in either case, as in CloudStack.
  if (params.id === undefined) yield sql<SqlBool>`events.archived = ${params.archived ?? false}`;
  if (params.startid !== undefined)
    yield sql<SqlBool>`${uuidOrNil(params.startid)} in (events.id, events.start_id)`;
  if (params.resourceid !== undefined)
    yield sql<SqlBool>`events.resource_id = ${uuidOrNil(params.resourceid)}`;
  if (params.resourcetype !== undefined)
    yield sql<SqlBool>`lower(events.resource_type) = lower(${params.resourcetype})`;
  if (params.entrytime !== undefined) yield stillOpen(params.entrytime, params.duration ?? 0);
}

/** CloudStack's `entrytime` and `duration`: what began `entry` seconds ago or more, and took longer than `duration` or has not ended. */
function stillOpen(entry: number, duration: number): Expression<SqlBool> {
  return sql<SqlBool>`events.start_id is null and events.created <= now() - make_interval(secs => ${entry})
    and not exists (select 1 from events done where done.start_id = events.id and done.state = 'Completed'
      and done.created <= events.created + make_interval(secs => ${duration}))`;
}
