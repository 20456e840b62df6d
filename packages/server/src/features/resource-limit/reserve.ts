import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import { type ResourceCounts, resourceCounts } from '../account/counts.ts';
import { domainLine, type LimitOwner, limitsOf } from './limits.ts';
import { type ResourceTypeName, resourceTypeNames, resourceTypes, unlimited } from './types.ts';

export type Wanted = Readonly<Partial<Record<ResourceTypeName, number>>>;

interface Holder {
  readonly account_id: string;
  readonly domain_id: string;
}

/** Who holds what an owner (`access/`) makes. */
export function holderOf(owner: {
  readonly account: { readonly id: string };
  readonly domain: { readonly id: string };
}): Holder {
  return { account_id: owner.account.id, domain_id: owner.domain.id };
}

/**
 * Throws `allocation_failed` when the account, or a domain it is in, would have more than it may. Call it before the rows are
 * written, in the same transaction: until that ends, whoever else asks for a share of the same limit waits.
 */
export async function reserveResources(tx: Db, holder: Holder, wanted: Wanted): Promise<void> {
  const account = await tx
    .selectFrom('accounts')
    .select(['id', 'name', 'role', 'is_project'])
    .where('id', '=', holder.account_id)
    .executeTakeFirstOrThrow();
  const line = await domainLine(tx, holder.domain_id);
  const owners: (LimitOwner & { readonly name: string })[] = [
    ...line.map(row => ({ kind: 'domain' as const, row, name: `domain ${row.path}` })),
    {
      kind: 'account',
      row: account,
      name: `${account.is_project ? 'project' : 'account'} ${account.name}`,
    },
  ];
  const limits = await limitsOf(tx, owners);
  for (const owner of owners) {
    const max = limits.get(owner.row.id);
    const types = resourceTypeNames.filter(
      type => (wanted[type] ?? 0) > 0 && max !== undefined && max[type] !== unlimited,
    );
    if (types.length === 0 || max === undefined) continue;
    const counts = await lockedCounts(tx, owner);
    for (const type of types) {
      const held = counts[resourceTypes[type].counted];
      if (held + (wanted[type] ?? 0) <= max[type]) continue;
      throw new IsolaError('allocation_failed', {
        reason: `Maximum number of resources of type '${type}' for ${owner.name} has been exceeded: it has ${held} of ${max[type]}, and ${wanted[type] ?? 0} more were asked for`,
      });
    }
  }
}

/** Domains before accounts, and domains from ROOT down: all lock in one order. */
async function lockedCounts(tx: Db, { kind, row }: LimitOwner): Promise<ResourceCounts> {
  const table = kind === 'account' ? 'accounts' : 'domains';
  await tx
    .selectFrom(table)
    .select('id')
    .where('id', '=', row.id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  return (await resourceCounts(tx, kind, [row.id]))(row.id);
}
