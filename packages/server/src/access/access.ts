import { IsolaError } from '@isola/model';
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Call, Owner } from '../http/call.ts';
import type { AccountRow, Database, DomainRow, ProjectMemberRow } from '../store/schema.ts';
import { accountNamed } from './account-named.ts';
import { requireActiveProject } from './active-owner.ts';

/** Tables whose rows belong to an account. */
export type OwnedTable =
  | 'networks'
  | 'instances'
  | 'affinity_groups'
  | 'instance_groups'
  | 'user_data'
  | 'volumes'
  | 'firewall_rules'
  | 'port_forwarding_rules'
  | 'ssh_key_pairs'
  | 'tags'
  | 'jobs'
  | 'events'
  | 'public_addresses'
  | 'users'
  | 'usage_records'
  | 'webhooks';

export interface Named {
  /** The API parameter that carries the id: errors name it. */
  readonly parameter: string;
  /** A UUID, or an internal number. */
  readonly id: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * `where` clause that finds one row by UUID or internal number; matches nothing for other text. Name the table where the
 * query joins others.
 */
export function identified(id: string, table?: keyof Database): Expression<SqlBool> {
  const column = (name: string) => sql.ref(table === undefined ? name : `${table}.${name}`);
  if (UUID.test(id)) return sql<SqlBool>`${column('id')} = ${id.toLowerCase()}`;
  if (/^\d{1,15}$/.test(id)) return sql<SqlBool>`${column('seq')} = ${Number(id)}`;
  return sql<SqlBool>`false`;
}

/** The error for an id that names nothing (431). */
export function unknownId(call: Pick<Call, 'command'>, named: Named): IsolaError {
  return new IsolaError('unknown_id', {
    command: call.command,
    parameter: named.parameter,
    value: named.id,
  });
}

/** Whether the caller may act for objects of `account` in `domain`. */
export async function mayActFor(call: Call, owner: Owner): Promise<boolean> {
  const { account, domain } = call.caller;
  switch (account.role) {
    case 'Root Admin':
      return true;
    case 'Resource Admin':
    case 'Domain Admin': {
      if (owner.domain_id === domain.id) return true;
      const found = await call.tx
        .selectFrom('domains')
        .select('path')
        .where('id', '=', owner.domain_id)
        .executeTakeFirst();
      return found !== undefined && isWithin(found.path, domain.path);
    }
    case 'User':
      return owner.account_id === account.id || (await isMember(call, owner.account_id));
  }
}

/** Whether the caller's account or user is in the project whose account this is; `role`: as such a member. */
export async function isMember(
  call: Pick<Call, 'caller' | 'tx'>,
  projectId: string,
  role?: ProjectMemberRow['role'],
): Promise<boolean> {
  let query = memberships(call).select('project_id').where('project_id', '=', projectId);
  if (role !== undefined) query = query.where('role', '=', role);
  return (await query.executeTakeFirst()) !== undefined;
}

function memberships({ caller, tx }: Pick<Call, 'caller' | 'tx'>) {
  return tx
    .selectFrom('project_members')
    .where('account_id', '=', caller.account.id)
    .where(eb => eb.or([eb('user_id', 'is', null), eb('user_id', '=', caller.user.id)]));
}

/** Refuses (531) a caller who may not act for the owner. */
export async function requireOwner(call: Call, owner: Owner, what: string): Promise<void> {
  if (await mayActFor(call, owner)) {
    call.concerns({ account_id: owner.account_id, domain_id: owner.domain_id });
    return;
  }
  throw new IsolaError('not_permitted', {
    reason: `Account ${call.caller.account.name} does not have permission to operate on ${what}`,
  });
}

/** Whether the domain at `path` is `ancestor` or below it. Paths are `ROOT/a/b`. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

interface Ownership {
  readonly account?: string | undefined;
  readonly domainid?: string | undefined;
  readonly projectid?: string | undefined;
}

/**
 * Whom a create command acts for: the caller, or `account` + `domainid` or the project when the caller may. 431 when the account
 * does not exist or one of the pair is missing, 531 when not allowed. The account cannot be deleted until the transaction ends.
 */
export async function ownerOf(
  call: Call,
  params: Ownership,
): Promise<{ account: AccountRow; domain: DomainRow }> {
  const owner = await namedOwner(call, params);
  // Nobody adds to a project that is suspended.
  if (owner.account.is_project) await requireActiveProject(call, owner.account.id);
  const kept = await call.tx
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', owner.account.id)
    .where('state', '=', 'enabled')
    .forKeyShare()
    .executeTakeFirst();
  if (kept === undefined)
    throw new IsolaError('refused_value', {
      reason: `Account ${owner.account.name} is locked, disabled or being deleted`,
    });
  call.concerns({ account_id: owner.account.id, domain_id: owner.domain.id });
  return owner;
}

/** As `ownerOf`, for who only looks: nothing is locked, and the owner's state does not matter. */
export async function namedOwner(
  call: Call,
  params: Ownership,
): Promise<{ account: AccountRow; domain: DomainRow }> {
  if (params.projectid !== undefined) return projectOwner(call, params.projectid, params);
  if (params.account === undefined && params.domainid === undefined)
    return { account: call.caller.account, domain: call.caller.domain };
  if (params.account === undefined || params.domainid === undefined) {
    throw new IsolaError('refused_value', {
      reason: 'account and domainid must be given together',
    });
  }
  const domain = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  const account = await accountNamed(call, params.account, domain);
  await requireOwner(
    call,
    { account_id: account.id, domain_id: domain.id },
    `account ${account.name}`,
  );
  return { account, domain };
}

/** The owner that a project is. */
async function projectOwner(
  call: Call,
  id: string,
  { account: name }: Ownership,
): Promise<{ account: AccountRow; domain: DomainRow }> {
  if (name !== undefined)
    throw new IsolaError('refused_value', {
      reason: 'account and projectid are mutually exclusive',
    });
  const account = await accessibleProject(call, id);
  const domain = await call.tx
    .selectFrom('domains')
    .selectAll()
    .where('id', '=', account.domain_id)
    .executeTakeFirstOrThrow();
  return { account, domain };
}

/** The account of a project that the caller is in or administers. 431 when there is none of that id, 531 when it is not the caller's. */
export async function accessibleProject(call: Call, id: string): Promise<AccountRow> {
  const account = await call.tx
    .selectFrom('accounts')
    .selectAll()
    .where(identified(id))
    .where('is_project', '=', true)
    .where('state', '<>', 'removed')
    .executeTakeFirst();
  if (account === undefined) throw unknownId(call, { parameter: 'projectid', id });
  const owner = { account_id: account.id, domain_id: account.domain_id };
  await requireOwner(call, owner, `project ${account.id}`);
  return account;
}

/** A domain that the caller may name: his own or, for administrators, one below it. */
export async function visibleDomain(call: Call, named: Named): Promise<DomainRow> {
  const domain = await call.tx
    .selectFrom('domains')
    .selectAll()
    .where(identified(named.id))
    .where('state', '=', 'Active')
    .executeTakeFirst();
  if (domain === undefined) throw unknownId(call, named);
  const { account, domain: own } = call.caller;
  if (
    domain.id === own.id ||
    account.role === 'Root Admin' ||
    (account.role !== 'User' && isWithin(domain.path, own.path))
  )
    return domain;
  throw new IsolaError('not_permitted', {
    reason: `Account ${account.name} does not have permission to access domain ${domain.name}`,
  });
}

interface Listing extends Ownership {
  readonly id?: string | undefined;
  readonly listall?: boolean | undefined;
  readonly isrecursive?: boolean | undefined;
}

/** Which owners' rows a list command shows: those that all of it admits. */
export interface Scope {
  readonly accountIds: readonly string[] | null;
  readonly within:
    | { readonly kind: 'domain'; readonly domainId: string }
    | { readonly kind: 'tree'; readonly path: string }
    | null;
  readonly projects: 'included' | 'excluded' | 'only';
}

/**
 * CloudStack's visibility of lists: own objects; with `listall` an administrator sees his whole tree; with `domainid` that
 * domain (`isrecursive`: and those below); with `account` that account. What belongs to projects is shown for `projectid`, -1 being
 * all that the caller is in (of root administrators: all there are). One object asked for by `id` is sought wherever the caller may look.
 */
export async function listScope(call: Call, params: Listing): Promise<Scope> {
  const { account: own, domain: home } = call.caller;
  if (params.account !== undefined && params.projectid !== undefined)
    throw new IsolaError('refused_value', {
      reason: 'account and projectid are mutually exclusive',
    });
  const named =
    params.domainid === undefined
      ? null
      : await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  const within = named === null ? null : below(named, params.isrecursive === true);
  if (params.account !== undefined) {
    const owner = { account: params.account, domainid: params.domainid ?? home.id };
    const accountIds = [(await namedOwner(call, owner)).account.id];
    return { accountIds, within, projects: 'included' };
  }
  if (params.projectid === '-1') return allProjects(call, params, within);
  if (params.projectid !== undefined) {
    const { id } = await accessibleProject(call, params.projectid);
    return { accountIds: [id], within, projects: 'included' };
  }
  const projects = params.id === undefined ? 'excluded' : 'included';
  if (own.role === 'User') return { accountIds: [own.id], within, projects };
  if (within !== null) return { accountIds: null, within, projects };
  if (params.listall !== true && params.id === undefined)
    return { accountIds: [own.id], within, projects };
  return {
    accountIds: null,
    within: own.role === 'Root Admin' ? null : below(home, true),
    projects,
  };
}

function below(domain: DomainRow, isRecursive: boolean): Scope['within'] {
  return isRecursive
    ? { kind: 'tree', path: domain.path }
    : { kind: 'domain', domainId: domain.id };
}

/** `projectid=-1`. As in CloudStack, who is in no project sees what is his own. */
async function allProjects(
  call: Call,
  { listall }: Listing,
  within: Scope['within'],
): Promise<Scope> {
  const { account } = call.caller;
  if (account.role === 'Root Admin')
    return { accountIds: null, within, projects: listall === true ? 'included' : 'only' };
  const rows = await memberships(call).select('project_id').distinct().execute();
  const ids = rows.map(row => row.project_id);
  return {
    accountIds: ids.length === 0 || listall === true ? [...ids, account.id] : ids,
    within,
    projects: 'included',
  };
}

/** The scope as a `where` clause on a table with `account_id` and `domain_id` columns. */
export function inScope<T extends OwnedTable>(
  scope: Scope,
  table: T,
): (eb: ExpressionBuilder<Database, T>) => Expression<SqlBool> {
  return () =>
    scopeClause(scope, {
      account: sql.ref(`${table}.account_id`),
      domain: sql.ref(`${table}.domain_id`),
    });
}

interface OwnerColumns {
  readonly account: Expression<unknown>;
  readonly domain: Expression<unknown>;
}

/** The scope as a `where` clause on these columns. */
export function scopeClause(
  { accountIds, within, projects }: Scope,
  { account, domain }: OwnerColumns,
): Expression<SqlBool> {
  const clauses: Expression<SqlBool>[] = [];
  const [only, ...more] = accountIds ?? [];
  if (only !== undefined && more.length === 0) clauses.push(sql`${account} = ${only}`);
  else if (accountIds !== null) clauses.push(sql`${account} = any(${[...accountIds]}::uuid[])`);
  if (within?.kind === 'domain') clauses.push(sql`${domain} = ${within.domainId}`);
  if (within?.kind === 'tree')
    clauses.push(
      sql`${domain} in (select id from domains where path = ${within.path} or starts_with(path, ${`${within.path}/`}))`,
    );
  const isProject = sql`exists (select 1 from accounts p where p.id = ${account} and p.is_project)`;
  // An account that is named is looked at already.
  if (projects === 'only') clauses.push(sql`${isProject}`);
  if (projects === 'excluded' && accountIds === null) clauses.push(sql`not ${isProject}`);
  return clauses.length === 0
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(${sql.join(clauses, sql` and `)})`;
}
