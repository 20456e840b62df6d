import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, unknownId, visibleDomain } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';

/** Tables of offerings that can be limited to domains and zones. */
type OfferingTable = 'service_offerings' | 'disk_offerings' | 'network_offerings';

/** Ids of the domains that a call names. 431 for one that is not there. */
export async function domainIds(call: Call, ids: readonly string[]): Promise<string[]> {
  const found = [];
  for (const id of ids) found.push((await visibleDomain(call, { parameter: 'domainid', id })).id);
  return found;
}

/** Ids of the zones that a call names. 431 for one that is not there. */
export async function zoneIds(call: Call, ids: readonly string[]): Promise<string[]> {
  const found = [];
  for (const id of ids) {
    const zone = await call.tx
      .selectFrom('zones')
      .select('id')
      .where(identified(id))
      .executeTakeFirst();
    if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id });
    found.push(zone.id);
  }
  return found;
}

/** The ids in a text, separated by commas; none for the word that stands for everywhere (`public`, `all`). */
export function idsOf(text: string, everywhere: 'public' | 'all'): string[] {
  if (text.toLowerCase() === everywhere) return [];
  return text
    .split(',')
    .map(id => id.trim())
    .filter(id => id !== '');
}

/** `where` clause: offerings for the domain at `path`. */
export function offeredTo(
  path: string,
  table: OfferingTable = 'service_offerings',
): Expression<SqlBool> {
  const domains = sql.ref(`${table}.domain_ids`);
  return sql<SqlBool>`(${domains} = '{}' or exists (select 1 from domains
    where domains.id = any(${domains})
      and (domains.path = ${path} or starts_with(${path}, domains.path || '/'))))`;
}

/** `where` clause: offerings for the domain at `path`, or for one below it. */
export function offeredInTree(path: string, table: OfferingTable): Expression<SqlBool> {
  return sql<SqlBool>`(${offeredTo(path, table)} or exists (select 1 from domains
    where domains.id = any(${sql.ref(`${table}.domain_ids`)}) and starts_with(domains.path, ${`${path}/`})))`;
}

/** `where` clause: offerings for the zone. */
export function offeredIn(zoneId: string, table: OfferingTable): Expression<SqlBool> {
  const zones = sql.ref(`${table}.zone_ids`);
  return sql<SqlBool>`(${zones} = '{}' or ${zoneId} = any(${zones}))`;
}

interface Asked {
  readonly domainid?: string;
  readonly isrecursive?: boolean;
  readonly zoneid?: string;
}

/** Conditions of a list: what the caller may see, of the domain and zone that it asks for. */
export async function offeredWhere(
  call: Call,
  asked: Asked,
  table: OfferingTable,
): Promise<Expression<SqlBool>[]> {
  const { account, domain } = call.caller;
  const wanted: Expression<SqlBool>[] = [];
  if (account.role === 'User') wanted.push(offeredTo(domain.path, table));
  else if (account.role !== 'Root Admin') wanted.push(offeredInTree(domain.path, table));
  if (asked.domainid !== undefined) {
    const named = await visibleDomain(call, { parameter: 'domainid', id: asked.domainid });
    wanted.push(
      asked.isrecursive === true ? offeredInTree(named.path, table) : offeredTo(named.path, table),
    );
  }
  if (asked.zoneid !== undefined) {
    const [zone = ''] = await zoneIds(call, [asked.zoneid]);
    wanted.push(offeredIn(zone, table));
  }
  return wanted;
}
