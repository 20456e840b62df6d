import type { ResultOf } from '@isola/api';
import type { AccountRow, DomainRow, UserRow } from '../../store/schema.ts';
import { roleFields } from '../role/defaults.ts';

/** A user with the account and domain it belongs to. */
export interface UserOfAccount extends UserRow {
  readonly account_name: string;
  readonly role: AccountRow['role'];
  readonly role_id: string;
  readonly role_name: string;
  readonly domain_name: string;
  readonly domain_path: string;
}

/** A user as the API shows it. Never the secret key: `getUserKeys` gives that. */
export function userResponse(
  user: UserOfAccount,
  caller: DomainRow,
): ResultOf<'listUsers'>['items'][number] {
  return {
    id: user.id,
    username: user.username,
    firstname: user.first_name,
    lastname: user.last_name,
    email: user.email,
    created: user.created,
    state: user.state,
    account: user.account_name,
    accountid: user.account_id,
    domainid: user.domain_id,
    domain: user.domain_name,
    iscallerchilddomain: user.domain_path.startsWith(`${caller.path}/`),
    isdefault: isDefaultUser(user),
    is2faenabled: false,
    is2famandated: false,
    usersource: 'native',
    ...(user.timezone === null ? {} : { timezone: user.timezone }),
    ...(user.api_key === null ? {} : { apikey: user.api_key }),
    ...roleFields(user),
  };
}

/** Whether it is the user that every installation has. */
export function isDefaultUser(
  user: Pick<UserOfAccount, 'username' | 'account_name' | 'domain_path'>,
): boolean {
  return user.username === 'admin' && user.account_name === 'admin' && user.domain_path === 'ROOT';
}
