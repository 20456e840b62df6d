import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import {
  identified,
  inScope,
  listScope,
  requireOwner,
  type Scope,
  unknownId,
} from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { uuidOrNil } from '../../store/uuid.ts';

export type ShownRecord = Awaited<
  ReturnType<ReturnType<typeof selectRecords>['executeTakeFirstOrThrow']>
>;

function selectRecords(db: Db) {
  return db
    .selectFrom('usage_records')
    .leftJoin('domains', 'domains.id', 'usage_records.domain_id')
    .selectAll('usage_records')
    .leftJoin('accounts', 'accounts.id', 'usage_records.account_id')
    .select([
      'domains.name as domain',
      'domains.path as domain_path',
      'accounts.is_project',
      sql<
        string | null
      >`(select os_type from templates t where t.id = (usage_records.fields->>'templateid')::uuid)`.as(
        'os_type',
      ),
    ]);
}

/** The records that a list asks for, the oldest first. Without an account or domain, all that the caller may see. */
export async function usageRecords(call: Call, params: ParamsOf<'listUsageRecords'>) {
  if (params.startdate > params.enddate)
    throw new IsolaError('refused_value', {
      reason: `Incorrect Date Range. Start date: ${params.startdate.toISOString()} is after end date: ${params.enddate.toISOString()}`,
    });
  let query = selectRecords(call.tx)
    .where('usage_records.started', '>=', params.startdate)
    .where('usage_records.ended', '<=', params.enddate)
    .orderBy('usage_records.started')
    .orderBy('usage_records.seq');
  if (params.accountid === undefined)
    query = query.where(inScope(await scopeOf(call, params), 'usage_records'));
  else
    query = query.where(
      'usage_records.account_id',
      '=',
      await visibleAccount(call, params.accountid),
    );
  if (params.type !== undefined) query = query.where('usage_records.type', '=', params.type);
  if (params.usageid !== undefined)
    query = query.where('usage_records.resource_id', '=', uuidOrNil(params.usageid));
  if (params.keyword !== undefined)
    query = query.where(containing('usage_records.name', params.keyword));
  return query;
}

/** What is of projects is shown with the rest, as in CloudStack, unless one account is asked for. */
async function scopeOf(call: Call, params: ParamsOf<'listUsageRecords'>): Promise<Scope> {
  const { account, domainid, projectid, isrecursive } = params;
  const scope = await listScope(call, {
    listall: domainid === undefined,
    ...(account === undefined ? {} : { account }),
    ...(domainid === undefined ? {} : { domainid }),
    ...(projectid === undefined ? {} : { projectid }),
    ...(isrecursive === undefined ? {} : { isrecursive }),
  });
  return scope.projects === 'excluded' ? { ...scope, projects: 'included' } : scope;
}

/** An account's id. One that is gone is known by its records, to root administrators only. */
async function visibleAccount(call: Call, id: string): Promise<string> {
  const account = await call.tx
    .selectFrom('accounts')
    .select(['id', 'name', 'domain_id'])
    .where(identified(id))
    .executeTakeFirst();
  if (account !== undefined) {
    const owner = { account_id: account.id, domain_id: account.domain_id };
    await requireOwner(call, owner, `account ${account.name}`);
    return account.id;
  }
  const known = await call.tx
    .selectFrom('usage_records')
    .select('account_id')
    .where(sql<SqlBool>`account_id = ${uuidOrNil(id)}`)
    .executeTakeFirst();
  if (known === undefined || call.caller.account.role !== 'Root Admin')
    throw unknownId(call, { parameter: 'accountid', id });
  return known.account_id;
}
