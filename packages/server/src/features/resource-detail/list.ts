import type { ParamsOf } from '@isola/api';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { identified, listScope, scopeClause } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { windowOf } from '../../store/page.ts';
import { offeredTo, offeredWhere } from '../service-offering/places.ts';
import { seenBy } from '../zone/usable.ts';
import { type DetailedType, detailed, objectsOf } from './resources.ts';

export interface DetailRow {
  readonly resource_id: string;
  readonly key: string;
  readonly value: string;
  readonly account_id: string | null;
  readonly account: string | null;
  readonly is_project: boolean | null;
  readonly domain_id: string | null;
  readonly domain: string | null;
  readonly domain_path: string | null;
}

/** A page of the details of a type that the caller may see and asks for, in the order of their objects and keys. */
export async function pageOfDetails(
  call: Call,
  type: DetailedType,
  params: ParamsOf<'listResourceDetails'>,
): Promise<{ readonly count: number; readonly rows: readonly DetailRow[] }> {
  const from =
    detailed[type].kept === 'row'
      ? sql`(${objectsOf(type)}) o cross join lateral jsonb_each_text(o.details) d(key, value)`
      : sql`(${objectsOf(type)}) o join resource_details d on d.resource_type = ${type} and d.resource_id = o.id`;
  const display = detailed[type].kept === 'row' ? sql`true` : sql`d.display`;
  const conditions = [...filters(type, params), ...(await visible(call, type))];
  if (detailed[type].owner !== 'nobody') {
    const scope = await listScope(call, { ...params, id: params.resourceid });
    conditions.push(
      sql`${scopeClause(scope, { account: sql.ref('o.account_id'), domain: sql.ref('o.domain_id') })}`,
    );
  }
  if (params.fordisplay !== undefined) conditions.push(sql`${display} = ${params.fordisplay}`);
  if (call.caller.account.role !== 'Root Admin') conditions.push(sql`${display}`);
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const { size, offset } = windowOf(call, params);
  const { rows } =
    await sql<DetailRow>`select o.id as resource_id, d.key, d.value, o.account_id, a.name as account, a.is_project,
      o.domain_id, m.name as domain, m.path as domain_path
    from ${from} left join accounts a on a.id = o.account_id left join domains m on m.id = o.domain_id
    where ${where} order by o.seq, d.key limit ${size} offset ${offset}`.execute(call.tx);
  if (rows.length < size && (rows.length > 0 || offset === 0))
    return { count: offset + rows.length, rows };
  const counted = await sql<{
    count: number;
  }>`select count(*) as count from ${from} where ${where}`.execute(call.tx);
  return { count: counted.rows[0]?.count ?? 0, rows };
}

/** Whether the caller sees the object in its own list, where nobody owns it. */
async function visible(call: Call, type: DetailedType): Promise<RawBuilder<SqlBool>[]> {
  const { account, domain } = call.caller;
  if (account.role === 'Root Admin') return [];
  switch (type) {
    case 'ServiceOffering': {
      const offered = await offeredWhere(call, {}, 'service_offerings');
      return [
        sql`o.id in (select id from service_offerings where not is_system and ${sql.join(offered, sql` and `)})`,
      ];
    }
    case 'NetworkOffering':
      return [
        sql`o.id in (select id from network_offerings where ${offeredTo(domain.path, 'network_offerings')})`,
      ];
    case 'Zone':
      return [sql`o.id in (select id from zones where ${seenBy(call.caller)})`];
    default:
      return [];
  }
}

function* filters(
  type: DetailedType,
  params: ParamsOf<'listResourceDetails'>,
): Generator<RawBuilder<SqlBool>> {
  const { resourceid, key, value, keyword } = params;
  if (resourceid !== undefined)
    yield sql`o.id in (select id from ${sql.table(detailed[type].table)} where ${identified(resourceid)})`;
  if (key !== undefined) yield sql`d.key = ${key}`;
  if (value !== undefined) yield sql`d.value = ${value}`;
  if (keyword !== undefined) yield sql`strpos(lower(d.key), lower(${keyword})) > 0`;
}
