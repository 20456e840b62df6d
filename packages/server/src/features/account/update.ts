import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import type { AccountRow, RoleRow } from '../../store/schema.ts';
import { checkedNetworkDomain } from '../domain/network-domain.ts';
import { grantableRole } from '../role/grant.ts';
import { checkedName } from '../user/create.ts';
import { detailsOf } from './details.ts';
import { namedAccount } from './named.ts';

/** Changes an account; returns its id. 431 for a name that is taken, 531 for a role above the caller's. */
export async function changeAccount(
  call: Call,
  params: ParamsOf<'updateAccount'>,
): Promise<string> {
  const account = await namedAccount(call, params);
  const role =
    params.roleid === undefined ? undefined : await newRole(call, account, params.roleid);
  const name = params.newname === undefined ? account.name : checkedName('newname', params.newname);
  await requireFree(call, account, name);
  await call.tx
    .updateTable('accounts')
    .set({
      name,
      ...(role === undefined ? {} : { role: role.kind, role_id: role.id }),
      ...(params.networkdomain === undefined
        ? {}
        : { network_domain: checkedNetworkDomain(params.networkdomain) }),
      ...(params.accountdetails === undefined
        ? {}
        : { details: JSON.stringify(detailsOf(params.accountdetails)) }),
    })
    .where('id', '=', account.id)
    .execute();
  return account.id;
}

async function requireFree(call: Call, account: AccountRow, name: string): Promise<void> {
  const taken = await call.tx
    .selectFrom('accounts')
    .select('id')
    .where('domain_id', '=', account.domain_id)
    .where(sql<SqlBool>`lower(name) = lower(${name})`)
    .where('is_project', '=', false)
    .where('id', '<>', account.id)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`Account name ${name} is not unique in its domain`);
}

/** Nobody takes the last way in from himself: the caller's own role stays. */
async function newRole(call: Call, account: AccountRow, id: string): Promise<RoleRow> {
  if (account.id === call.caller.account.id)
    throw refused('The role of the account that makes this call cannot be changed');
  const role = await grantableRole(call, id);
  if (role.kind !== 'Root Admin' || account.role === 'Root Admin') return role;
  const domain = await call.tx
    .selectFrom('domains')
    .select('parent_id')
    .where('id', '=', account.domain_id)
    .executeTakeFirstOrThrow();
  if (domain.parent_id === null) return role;
  throw refused('The account of a root administrator belongs in the ROOT domain');
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
