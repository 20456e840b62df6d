import { IsolaError } from '@isola/model';
import { accessibleProject, requireOwner, visibleDomain } from '../../access/access.ts';
import { accountNamed } from '../../access/account-named.ts';
import { ownedBy } from '../../access/owned-by.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { AccountRow, DomainRow } from '../../store/schema.ts';
import { resourceCounts } from '../account/counts.ts';
import { requireAdministered } from '../account/guard.ts';
import { domainLine, type LimitOwner, limitsOf } from './limits.ts';
import {
  type ResourceTypeName,
  resourceTypeNames,
  resourceTypes,
  typeOfName,
  typeOfNumber,
  unlimited,
} from './types.ts';

export const resourceLimitCommands = {
  updateResourceLimit: {
    kind: 'sync',
    async run(call, params) {
      const target = await targetOf(call, params);
      const type = wantedType(params.resourcetype);
      const max = params.max ?? unlimited;
      await requireRight(call, target);
      await requireWithinAbove(call, { target, type, max });
      await setLimit(call, { target, type, max });
      return limitResponse(target, type, max);
    },
  },

  listResourceLimits: {
    kind: 'sync',
    async run(call, params) {
      const target = await targetOf(call, params);
      if (target.account !== null) {
        const { account } = target;
        const owner = { account_id: account.id, domain_id: account.domain_id };
        await requireOwner(call, owner, `account ${account.name}`);
      }
      const limits = await limitsOf(call.tx, [ownerOfTarget(target)]);
      const max = limits.get(ownerOfTarget(target).row.id);
      const items = wantedTypes(params).map(type =>
        limitResponse(target, type, max?.[type] ?? unlimited),
      );
      return { count: items.length, items };
    },
  },

  updateResourceCount: {
    kind: 'sync',
    async run(call, params) {
      const target = await targetOf(call, params);
      await requireRight(call, target);
      const { kind, row } = ownerOfTarget(target);
      const counts = (await resourceCounts(call.tx, kind, [row.id]))(row.id);
      const items = wantedTypes(params).map(type => ({
        ...named(target, type),
        resourcecount: counts[resourceTypes[type].counted],
      }));
      return { count: items.length, items };
    },
  },
} satisfies Partial<Handlers>;

interface Target {
  readonly domain: DomainRow;
  /** `null` where the domain itself is meant. */
  readonly account: AccountRow | null;
}

interface Named {
  readonly account?: string;
  readonly domainid?: string;
  readonly projectid?: string;
}

/** The account, project or domain that is named; the caller's account when none is. */
async function targetOf(call: Call, named: Named): Promise<Target> {
  const { account: name, domainid, projectid } = named;
  if (projectid !== undefined) return projectTarget(call, projectid, named);
  const { account: own, domain: home } = call.caller;
  if (name === undefined && domainid === undefined) return { domain: home, account: own };
  const domain =
    domainid === undefined
      ? home
      : await visibleDomain(call, { parameter: 'domainid', id: domainid });
  if (name === undefined) return { domain, account: own.role === 'User' ? own : null };
  return { domain, account: await accountNamed(call, name, domain) };
}

async function projectTarget(call: Call, id: string, { account }: Named): Promise<Target> {
  if (account !== undefined) throw refused('account and projectid are mutually exclusive');
  const project = await accessibleProject(call, id);
  const domain = await call.tx
    .selectFrom('domains')
    .selectAll()
    .where('id', '=', project.domain_id)
    .executeTakeFirstOrThrow();
  return { domain, account: project };
}

function ownerOfTarget({ account, domain }: Target): LimitOwner {
  return account === null ? { kind: 'domain', row: domain } : { kind: 'account', row: account };
}

/** Nobody but those above sets limits: not of one's own account, nor of the domain one rules. */
async function requireRight(call: Call, { account, domain }: Target): Promise<void> {
  const { account: own, domain: home } = call.caller;
  if (account !== null) await requireAdministered(call, account);
  if (own.role === 'Root Admin') return;
  if (account === null ? domain.id !== home.id : account.id !== own.id) return;
  throw new IsolaError('not_permitted', {
    reason: `Account ${own.name} does not have permission to change its own limits`,
  });
}

interface NewLimit {
  readonly target: Target;
  readonly type: ResourceTypeName;
  readonly max: number;
}

/** As in CloudStack: no limit is above that of a domain which it lies in. */
async function requireWithinAbove(call: Call, { target, type, max }: NewLimit): Promise<void> {
  const line = await domainLine(call.tx, target.domain.id);
  const above = target.account === null ? line.slice(0, -1) : line;
  const limits = await limitsOf(
    call.tx,
    above.map(row => ({ kind: 'domain', row })),
  );
  for (const domain of above) {
    const most = limits.get(domain.id)?.[type] ?? unlimited;
    if (most !== unlimited && (max === unlimited || max > most))
      throw refused(
        `max of ${type} cannot be more than the ${most} that domain ${domain.path} may have`,
      );
  }
}

async function setLimit(call: Call, { target, type, max }: NewLimit): Promise<void> {
  const { kind, row } = ownerOfTarget(target);
  const column = kind === 'account' ? 'account_id' : 'domain_id';
  await call.tx
    .deleteFrom('resource_limits')
    .where(column, '=', row.id)
    .where('type', '=', type)
    .execute();
  await call.tx
    .insertInto('resource_limits')
    .values({ account_id: null, domain_id: null, [column]: row.id, type, max })
    .execute();
}

function wantedType(number: number): ResourceTypeName {
  const type = typeOfNumber(number);
  if (type !== undefined) return type;
  throw refused(`There is no resourcetype ${number}`);
}

interface Types {
  readonly resourcetype?: number;
  readonly resourcetypename?: string;
}

function wantedTypes({ resourcetype, resourcetypename }: Types): readonly ResourceTypeName[] {
  if (resourcetype !== undefined) return [wantedType(resourcetype)];
  if (resourcetypename === undefined) return resourceTypeNames;
  const type = typeOfName(resourcetypename);
  if (type === undefined) throw refused(`There is no resourcetypename ${resourcetypename}`);
  return [type];
}

function named({ account, domain }: Target, type: ResourceTypeName) {
  return {
    ...(account === null
      ? {}
      : ownedBy({ ...account, account: account.name, account_id: account.id })),
    domain: domain.name,
    domainid: domain.id,
    domainpath: domain.path,
    resourcetype: String(resourceTypes[type].number),
    resourcetypename: type,
  };
}

function limitResponse(target: Target, type: ResourceTypeName, max: number) {
  return { ...named(target, type), max };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
