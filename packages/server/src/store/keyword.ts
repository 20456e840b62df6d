import { type Expression, type SqlBool, sql } from 'kysely';

/** `where` clause: the column contains `text`, in any letter case. `column` is `name` or `table.name`. */
export function containing(column: string, text: string): Expression<SqlBool> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql<SqlBool>`${sql.ref(column)} ilike ${pattern}`;
}
