import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '../../store/database.ts';

interface Guest {
  readonly account: { readonly id: string };
  readonly domain: { readonly path: string };
}

/**
 * `where` clause: networks into which the account may put instances: its own, those it was given a permission for, and those of
 * its domain; of domains above it where they are open to domains below.
 */
export function usableBy({ account, domain }: Guest): Expression<SqlBool> {
  // Each part by an index of its own: there may be very many networks, and few that one account may use.
  return sql<SqlBool>`networks.id in (
    select own.id from networks own where own.account_id = ${account.id}
    union all select permission.network_id from network_permissions permission where permission.account_id = ${account.id}
    union all select open.id from networks open join domains on domains.id = open.domain_id
      where open.acl_type = 'Domain'
        and (domains.path = ${domain.path} or (open.subdomain_access and starts_with(${domain.path}, domains.path || '/'))))`;
}

/** Whether the account may put instances into the network. */
export async function mayUse(db: Db, networkId: string, guest: Guest): Promise<boolean> {
  const found = await db
    .selectFrom('networks')
    .select('id')
    .where('id', '=', networkId)
    .where(usableBy(guest))
    .executeTakeFirst();
  return found !== undefined;
}
