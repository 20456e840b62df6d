import { IsolaError } from '@isola/model';
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Call, Owner } from '../http/call.ts';
import type { AccountRow, Database, DomainRow } from '../store/schema.ts';

/** Tables whose rows belong to an account. */
export type OwnedTable =
  | 'networks'
  | 'instances'
  | 'affinity_groups'
  | 'instance_groups'
  | 'firewall_rules'
  | 'port_forwarding_rules'
  | 'ssh_key_pairs'
  | 'tags'
  | 'jobs'
  | 'events'
  | 'public_addresses'
  | 'users';

interface Named {
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
      return owner.account_id === account.id;
  }
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
}

/**
 * Whom a create command acts for: the caller, or `account` + `domainid` when the caller may. 431 when the account does not
 * exist or one of the pair is missing, 531 when not allowed. The account cannot be deleted until the transaction ends.
 */
export async function ownerOf(
  call: Call,
  params: Ownership,
): Promise<{ account: AccountRow; domain: DomainRow }> {
  const owner = await namedOwner(call, params);
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

async function namedOwner(
  call: Call,
  params: Ownership,
): Promise<{ account: AccountRow; domain: DomainRow }> {
  if (params.account === undefined && params.domainid === undefined)
    return { account: call.caller.account, domain: call.caller.domain };
  if (params.account === undefined || params.domainid === undefined) {
    throw new IsolaError('refused_value', {
      reason: 'account and domainid must be given together',
    });
  }
  const domain = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  const account = await call.tx
    .selectFrom('accounts')
    .selectAll()
    .where('domain_id', '=', domain.id)
    .where(sql<SqlBool>`lower(name) = lower(${params.account})`)
    .where('state', '<>', 'removed')
    .executeTakeFirst();
  if (account === undefined)
    throw new IsolaError('refused_value', {
      reason: `Unable to find account ${params.account} in domain ${domain.name}`,
    });
  await requireOwner(
    call,
    { account_id: account.id, domain_id: domain.id },
    `account ${account.name}`,
  );
  return { account, domain };
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

/** Which owners' rows a list command shows. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'domain'; readonly domainId: string }
  | { readonly kind: 'tree'; readonly path: string };

/**
 * CloudStack's visibility of lists: own objects; with `listall` an administrator sees his whole tree; with `domainid` that
 * domain (`isrecursive`: and those below); with `account` that account. One object asked for by `id` is sought wherever the caller may look.
 */
export async function listScope(call: Call, params: Listing): Promise<Scope> {
  const { account, domain } = call.caller;
  if (params.account !== undefined && params.domainid !== undefined)
    return { kind: 'account', accountId: (await namedOwner(call, params)).account.id };
  if (params.account !== undefined) {
    const owner = await namedOwner(call, { account: params.account, domainid: domain.id });
    return { kind: 'account', accountId: owner.account.id };
  }
  if (params.domainid !== undefined) {
    const named = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    if (account.role === 'User') return { kind: 'account', accountId: account.id };
    return params.isrecursive === true
      ? { kind: 'tree', path: named.path }
      : { kind: 'domain', domainId: named.id };
  }
  if (account.role === 'User' || (params.listall !== true && params.id === undefined))
    return { kind: 'account', accountId: account.id };
  return account.role === 'Root Admin' ? { kind: 'all' } : { kind: 'tree', path: domain.path };
}

/** The scope as a `where` clause on a table with `account_id` and `domain_id` columns. */
export function inScope<T extends OwnedTable>(
  scope: Scope,
  table: T,
): (eb: ExpressionBuilder<Database, T>) => Expression<SqlBool> {
  return () => {
    switch (scope.kind) {
      case 'all':
        return sql<SqlBool>`true`;
      case 'account':
        return sql<SqlBool>`${sql.ref(`${table}.account_id`)} = ${scope.accountId}`;
      case 'domain':
        return sql<SqlBool>`${sql.ref(`${table}.domain_id`)} = ${scope.domainId}`;
      case 'tree':
        return sql<SqlBool>`${sql.ref(`${table}.domain_id`)} in (select id from domains where path = ${scope.path} or starts_with(path, ${`${scope.path}/`}))`;
    }
  };
}
