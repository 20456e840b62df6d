import type { ResultOf } from '@isola/api';
import type { Db } from '../../store/database.ts';
import type { AccountRow, DomainRow } from '../../store/schema.ts';
import { ownerCountFields } from '../resource-limit/count-fields.ts';
import { limitsOf } from '../resource-limit/limits.ts';
import { roleFields } from '../role/defaults.ts';
import { usersOf } from '../user/repository.ts';
import { userResponse } from '../user/response.ts';
import { resourceCounts } from './counts.ts';

export interface AccountOfDomain extends AccountRow {
  readonly domain_name: string;
  readonly domain_path: string;
  readonly role_name: string;
}

interface Wanted {
  readonly caller: DomainRow;
  /** With what the accounts hold: `details` other than `min`. */
  readonly counts: boolean;
}

/** Accounts as the API shows them, with their users. */
export async function accountResponses(
  db: Db,
  accounts: readonly AccountOfDomain[],
  { caller, counts }: Wanted,
): Promise<ResultOf<'listAccounts'>['items']> {
  const ids = accounts.map(account => account.id);
  const users = await usersOf(db, ids);
  const countOf = counts ? await resourceCounts(db, 'account', ids) : undefined;
  const limits = counts
    ? await limitsOf(
        db,
        accounts.map(row => ({ kind: 'account', row })),
      )
    : undefined;
  return accounts.map(account => {
    const held = countOf?.(account.id);
    const limit = limits?.get(account.id);
    return {
      id: account.id,
      name: account.name,
      domainid: account.domain_id,
      domain: account.domain_name,
      domainpath: account.domain_path,
      state: account.state,
      created: account.created,
      isdefault: isDefaultAccount(account),
      accountdetails: account.details,
      iscleanuprequired: false,
      groups: [],
      user: (users.get(account.id) ?? []).map(user => userResponse(user, caller)),
      ...roleFields(account),
      ...(account.network_domain === null ? {} : { networkdomain: account.network_domain }),
      ...(held === undefined || limit === undefined
        ? {}
        : { ...ownerCountFields(held, limit), vmrunning: held.running, vmstopped: held.stopped }),
    };
  });
}

/** Whether it is the account that every installation has. */
export function isDefaultAccount(account: Pick<AccountOfDomain, 'name' | 'domain_path'>): boolean {
  return account.name === 'admin' && account.domain_path === 'ROOT';
}
