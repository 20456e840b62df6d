import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { uuidOrNil } from '../../store/uuid.ts';

/** What `archiveAlerts`, `deleteAlerts`, `archiveEvents` and `deleteEvents` are told. */
type Choice = ParamsOf<'archiveAlerts'>;

interface Columns {
  readonly table: 'alerts' | 'events';
  readonly time: 'sent' | 'created';
}

/** `where` clauses for the rows that are meant. 431 for a choice that would take in more than was meant. */
export function chosen(choice: Choice, { table, time }: Columns): Expression<SqlBool>[] {
  const { ids, type, startdate, enddate } = choice;
  if (ids === undefined && type === undefined && enddate === undefined)
    throw refused('either ids, type or enddate must be specified');
  if (startdate !== undefined && enddate === undefined)
    throw refused('enddate must be specified with startdate parameter');
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const filters = [sql<SqlBool>`not ${column('archived')}`];
  if (ids !== undefined)
    filters.push(sql<SqlBool>`${column('id')} = any(${ids.map(uuidOrNil)}::uuid[])`);
  if (type !== undefined)
    filters.push(sql<SqlBool>`lower(${column('type')}::text) = lower(${type})`);
  if (startdate !== undefined) filters.push(sql<SqlBool>`${column(time)} >= ${startdate}`);
  if (enddate !== undefined) filters.push(sql<SqlBool>`${column(time)} <= ${enddate}`);
  return filters;
}

/** 431 when some of the named were not found: then none is changed. */
export function requireAll({ ids }: Choice, found: number, what: string): void {
  if (ids !== undefined && found < new Set(ids.map(id => id.toLowerCase())).size)
    throw refused(`Unable to ${what}, one or more parameters has invalid values`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
