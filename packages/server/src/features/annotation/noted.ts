import type { CommandDefinition } from '@isola/api';
import type { RawBuilder, SqlBool } from 'kysely';
import type { Db } from '../../store/database.ts';

interface Shown {
  readonly definition: CommandDefinition;
  readonly result: object;
  /** Which notes are told of: a clause on `annotations`. */
  readonly readable: RawBuilder<SqlBool>;
}

/**
 * The result of a command; where its objects say whether there are notes about them to read (hosts: the latest, too), with
 * that. One query, however many there are.
 */
export async function withNotes(db: Db, { definition, result, readable }: Shown): Promise<object> {
  if (definition.response.fields['hasannotations'] === undefined) return result;
  const items: readonly unknown[] =
    'items' in result && Array.isArray(result.items) ? result.items : [result];
  const ids = items.map(idOf).filter(id => id !== null);
  if (ids.length === 0) return result;
  const notes = await db
    .selectFrom('annotations')
    .leftJoin('users', 'users.id', 'annotations.user_id')
    .distinctOn('entity_id')
    .select(['entity_id', 'annotation', 'annotations.created', 'username'])
    .where('entity_id', 'in', ids)
    .where(readable)
    .orderBy('entity_id')
    .orderBy('annotations.seq', 'desc')
    .execute();
  const latest = new Map(notes.map(note => [note.entity_id, note]));
  const shown = definition.response.fields['lastannotated'] !== undefined;
  const flagged = items.map(item => {
    const id = idOf(item);
    if (typeof item !== 'object' || id === null) return item;
    const note = latest.get(id);
    if (note === undefined || !shown) return { ...item, hasannotations: note !== undefined };
    const { annotation, created: lastannotated, username } = note;
    return {
      ...item,
      hasannotations: true,
      annotation,
      lastannotated,
      ...(username === null ? {} : { username }),
    };
  });
  return 'items' in result ? { ...result, items: flagged } : (Object(flagged[0]) as object);
}

function idOf(item: unknown): string | null {
  return typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string'
    ? item.id
    : null;
}
