import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, isWithin, unknownId } from '../../access/access.ts';
import type { Call, Caller } from '../../http/call.ts';
import type { DomainRow, ZoneRow } from '../../store/schema.ts';

/**
 * The zone that `zoneid` names, for something new in it. 431 when there is none; 531 for others than root administrators when
 * it is disabled, or set aside for a domain that the caller is not in.
 */
export async function usableZone(call: Call, id: string): Promise<ZoneRow> {
  const zone = await call.tx
    .selectFrom('zones')
    .selectAll()
    .where(identified(id))
    .forKeyShare()
    .executeTakeFirst();
  if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id });
  await insistOnUsable(call, zone);
  return zone;
}

/** 531 when the caller may make nothing in the zone. */
export async function insistOnUsable(call: Call, zone: ZoneRow): Promise<void> {
  if (call.caller.account.role === 'Root Admin') return;
  if (zone.domain_id !== null) {
    const { path } = await call.tx
      .selectFrom('domains')
      .select('path')
      .where('id', '=', zone.domain_id)
      .executeTakeFirstOrThrow();
    if (!isWithin(call.caller.domain.path, path))
      throw notPermitted(`Zone ${zone.name} is set aside for another domain`);
  }
  refuseDisabled(call, zone);
}

/** 531 for others than root administrators when the zone is disabled: nothing is started there either. */
export async function insistOnEnabled(call: Call, zoneId: string): Promise<void> {
  const zone = await call.tx
    .selectFrom('zones')
    .select(['name', 'allocation_state'])
    .where('id', '=', zoneId)
    .executeTakeFirstOrThrow();
  refuseDisabled(call, zone);
}

function refuseDisabled(
  { caller }: Call,
  { name, allocation_state }: Pick<ZoneRow, 'name' | 'allocation_state'>,
): void {
  if (allocation_state === 'Enabled' || caller.account.role === 'Root Admin') return;
  throw notPermitted(`Cannot perform this operation, zone ${name} is currently disabled`);
}

/** Zones that the caller sees: his domain may use them or, for administrators of a domain, one below it. */
export function seenBy({ account, domain }: Caller): Expression<SqlBool> {
  switch (account.role) {
    case 'Root Admin':
      return sql<SqlBool>`true`;
    case 'Resource Admin':
    case 'Domain Admin':
      return sql<SqlBool>`(zones.domain_id is null or exists (select 1 from domains d where d.id = zones.domain_id
        and (${domain.path} = d.path or starts_with(${domain.path}, d.path || '/') or starts_with(d.path, ${`${domain.path}/`}))))`;
    case 'User':
      return openTo(domain);
  }
}

/** Zones that the domain may use. */
export function openTo({ path }: Pick<DomainRow, 'path'>): Expression<SqlBool> {
  return sql<SqlBool>`(zones.domain_id is null or exists (select 1 from domains d where d.id = zones.domain_id
    and (${path} = d.path or starts_with(${path}, d.path || '/'))))`;
}

function notPermitted(reason: string): IsolaError {
  return new IsolaError('not_permitted', { reason });
}
