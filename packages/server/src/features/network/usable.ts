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
  return sql<SqlBool>`(networks.account_id = ${account.id}
    or exists (select 1 from network_permissions permission
      where permission.network_id = networks.id and permission.account_id = ${account.id})
    or (networks.acl_type = 'Domain' and networks.domain_id in (select id from domains
      where path = ${domain.path} or (networks.subdomain_access and starts_with(${domain.path}, path || '/')))))`;
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
