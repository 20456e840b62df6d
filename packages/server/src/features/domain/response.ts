import type { ResultOf } from '@isola/api';
import type { Db } from '../../store/database.ts';
import type { DomainRow } from '../../store/schema.ts';
import { type ResourceCounts, resourceCounts } from '../account/counts.ts';
import { ownerCountFields } from '../resource-limit/count-fields.ts';
import { type Limits, limitsOf } from '../resource-limit/limits.ts';

export interface DomainOfParent extends DomainRow {
  readonly parent_name: string | null;
  readonly has_child: boolean;
  /** Those that it has values of its own for. */
  readonly settings: Readonly<Record<string, string>> | null;
}

/** Domains as the API shows them; `counts`: with what their accounts and those below hold. */
export async function domainResponses(
  db: Db,
  domains: readonly DomainOfParent[],
  counts: boolean,
): Promise<ResultOf<'listDomains'>['items']> {
  const ids = domains.map(domain => domain.id);
  const countOf = counts ? await resourceCounts(db, 'domain', ids) : undefined;
  const limits = counts
    ? await limitsOf(
        db,
        domains.map(row => ({ kind: 'domain', row })),
      )
    : undefined;
  return domains.map(domain => ({
    id: domain.id,
    name: domain.name,
    level: domain.path.split('/').length - 1,
    ...(domain.parent_id === null ? {} : { parentdomainid: domain.parent_id }),
    ...(domain.parent_name === null ? {} : { parentdomainname: domain.parent_name }),
    haschild: domain.has_child,
    path: domain.path,
    state: domain.state,
    created: domain.created,
    ...(domain.network_domain === null ? {} : { networkdomain: domain.network_domain }),
    ...(domain.settings === null ? {} : { domaindetails: domain.settings }),
    ...limitFields(countOf?.(domain.id), limits?.get(domain.id)),
  }));
}

function limitFields(counts: ResourceCounts | undefined, limits: Limits | undefined) {
  return counts === undefined || limits === undefined ? {} : ownerCountFields(counts, limits);
}
