import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import { requireRoom } from '../../access/room.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { uuidOrNil } from '../../store/uuid.ts';
import { requireRoot } from '../account/guard.ts';
import { annotatable, type EntityType, entitiesOf, parseEntityType } from './entities.ts';
import { readableBy } from './readable.ts';
import { type ShownAnnotation, selectAnnotations } from './repository.ts';

export const annotationCommands = {
  addAnnotation: {
    kind: 'sync',
    async run(call, params) {
      const text = given(call, 'annotation', params.annotation);
      const id = given(call, 'entityid', params.entityid);
      const type = entityType(given(call, 'entitytype', params.entitytype));
      const entity = await annotated(call, type, id);
      if (params.adminsonly === true) requireRoot(call, 'notes for administrators only');
      // Administrators write about what is others', who need not have room for it.
      if (entity.account_id !== null && call.caller.account.role !== 'Root Admin')
        await requireRoom(call, 'annotations', entity.account_id);
      const made = await call.tx
        .insertInto('annotations')
        .values({
          entity_type: type,
          entity_id: entity.id,
          account_id: entity.account_id,
          annotation: text,
          admins_only: params.adminsonly ?? false,
          user_id: call.caller.user.id,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return annotationResponse(await found(call, made.id));
    },
  },

  listAnnotations: {
    kind: 'sync',
    async run(call, params) {
      let query = selectAnnotations(call.tx)
        .where(readableBy(call.caller))
        .orderBy('annotations.seq');
      for (const filter of filters(call, params)) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(annotationResponse) };
    },
  },

  removeAnnotation: {
    kind: 'sync',
    async run(call, params) {
      const annotation = await found(call, params.id);
      if (annotation.user_id !== call.caller.user.id)
        requireRoot(call, `the note ${annotation.id} of somebody else`);
      await call.tx.deleteFrom('annotations').where('id', '=', annotation.id).execute();
      return { ...annotationResponse(annotation), removed: new Date() };
    },
  },
} satisfies Partial<Handlers>;

function given(call: Call, parameter: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new IsolaError('missing_parameter', { command: call.command, parameter });
}

function entityType(text: string): EntityType {
  const type = parseEntityType(text);
  if (type !== null) return type;
  throw new IsolaError('refused_value', {
    reason: `Invalid entitytype ${text}: one of ${Object.keys(annotatable).join(', ')}`,
  });
}

/** What the caller may write about. 431 when there is none, 531 when it is not the caller's. */
async function annotated(
  call: Call,
  type: EntityType,
  id: string,
): Promise<{ id: string; account_id: string | null }> {
  if (!annotatable[type].owned) requireRoot(call, `notes about ${type}`);
  const { rows } = await sql<{ id: string; account_id: string | null; domain_id: string | null }>`
    select id, account_id, domain_id from (${entitiesOf(type)}) e where ${identified(id)}`.execute(
    call.tx,
  );
  const entity = rows[0];
  const free = annotatable[type].owned && entity?.account_id === null;
  if (entity === undefined || free) throw unknownId(call, { parameter: 'entityid', id });
  const { account_id, domain_id } = entity;
  if (account_id !== null && domain_id !== null)
    await requireOwner(call, { account_id, domain_id }, `${type} ${entity.id}`);
  return { id: entity.id, account_id };
}

async function found(call: Call, id: string): Promise<ShownAnnotation> {
  const annotation = await selectAnnotations(call.tx)
    .where('annotations.id', '=', uuidOrNil(id))
    .executeTakeFirst();
  if (annotation === undefined) throw unknownId(call, { parameter: 'id', id });
  return annotation;
}

function* filters(call: Call, params: ParamsOf<'listAnnotations'>) {
  const { id, entityid, entitytype, userid, keyword, annotationfilter } = params;
  if (id !== undefined) yield sql<SqlBool>`annotations.id = ${uuidOrNil(id)}`;
  if (entityid !== undefined) yield sql<SqlBool>`annotations.entity_id = ${uuidOrNil(entityid)}`;
  if (entitytype !== undefined)
    yield sql<SqlBool>`annotations.entity_type = ${entityType(entitytype)}`;
  if (userid !== undefined) yield sql<SqlBool>`annotations.user_id = ${uuidOrNil(userid)}`;
  if (annotationfilter === 'self') yield sql<SqlBool>`annotations.user_id = ${call.caller.user.id}`;
  if (keyword !== undefined) yield containing('annotations.annotation', keyword);
}

function annotationResponse(row: ShownAnnotation): ResultOf<'addAnnotation'> {
  return {
    id: row.id,
    annotation: row.annotation,
    entityid: row.entity_id,
    entitytype: row.entity_type,
    ...(row.name === null ? {} : { entityname: row.name }),
    adminsonly: row.admins_only,
    userid: row.user_id,
    ...(row.username === null ? {} : { username: row.username }),
    created: row.created,
  };
}
