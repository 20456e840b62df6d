import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { AnnotationRow } from '../../store/schema.ts';
import { annotatedName } from './entities.ts';

/** A note with the name of what it is about and of who wrote it. */
export interface ShownAnnotation extends AnnotationRow {
  readonly name: string | null;
  readonly username: string | null;
}

/** All notes; callers add conditions and order. */
export function selectAnnotations(db: Db) {
  return db
    .selectFrom('annotations')
    .leftJoin('users', 'users.id', 'annotations.user_id')
    .selectAll('annotations')
    .select([
      'users.username',
      sql<string | null>`(select name from (${annotatedName()}) entity)`.as('name'),
    ]);
}
