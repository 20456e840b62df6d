import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import type { Call } from '../http/call.ts';
import type { AccountRow, DomainRow } from '../store/schema.ts';

/** The account (no project) of that name, in any letter case, in the domain. 431 when there is none; whose it is is not asked. */
export async function accountNamed(
  { tx }: Pick<Call, 'tx'>,
  name: string,
  domain: Pick<DomainRow, 'id' | 'name'>,
): Promise<AccountRow> {
  const account = await tx
    .selectFrom('accounts')
    .selectAll()
    .where('domain_id', '=', domain.id)
    .where(sql<SqlBool>`lower(name) = lower(${name})`)
    .where('is_project', '=', false)
    .where('state', '<>', 'removed')
    .executeTakeFirst();
  if (account !== undefined) return account;
  throw new IsolaError('refused_value', {
    reason: `Unable to find account ${name} in domain ${domain.name}`,
  });
}
