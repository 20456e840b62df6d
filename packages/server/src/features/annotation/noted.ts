import type { CommandDefinition } from '@isola/api';
import type { Db } from '../../store/database.ts';

interface Shown {
  readonly definition: CommandDefinition;
  readonly result: object;
  /** Whether notes for administrators only count. */
  readonly all: boolean;
}

/** The result of a command; where its objects say whether somebody wrote notes about them, with that. One query, however many there are. */
export async function withNotes(db: Db, { definition, result, all }: Shown): Promise<object> {
  if (definition.response.fields['hasannotations'] === undefined) return result;
  const items: readonly unknown[] =
    'items' in result && Array.isArray(result.items) ? result.items : [result];
  const ids = items.map(idOf).filter(id => id !== null);
  if (ids.length === 0) return result;
  let query = db
    .selectFrom('annotations')
    .select('entity_id')
    .distinct()
    .where('entity_id', 'in', ids);
  if (!all) query = query.where('admins_only', '=', false);
  const noted = new Set((await query.execute()).map(row => row.entity_id));
  const flagged = items.map(item => {
    const id = idOf(item);
    return typeof item === 'object' && id !== null
      ? { ...item, hasannotations: noted.has(id) }
      : item;
  });
  return 'items' in result ? { ...result, items: flagged } : (Object(flagged[0]) as object);
}

function idOf(item: unknown): string | null {
  return typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string'
    ? item.id
    : null;
}
