import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { visibleDomain } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { RoleKind } from '../../store/schema.ts';
import { heldDomain } from '../domain/held.ts';
import { checkedNetworkDomain } from '../domain/network-domain.ts';
import { defaultRoles, kindOfAccountType } from '../role/defaults.ts';
import { grantableRole } from '../role/grant.ts';
import { checkedName, chosenId, insertUser } from '../user/create.ts';
import { detailsOf } from './details.ts';
import { requireRoot } from './guard.ts';

type Params = ParamsOf<'createAccount'>;

/** Makes an account with its first user; returns its id. 431 for a name that is taken, 531 for a role above the caller's. */
export async function insertAccount(call: Call, params: Params): Promise<string> {
  const { kind, roleId } = await wantedRole(call, params);
  if (kind === 'Root Admin') requireRoot(call, 'accounts of root administrators');
  const domain =
    params.domainid === undefined
      ? call.caller.domain
      : await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  await heldDomain(call, domain);
  if (kind === 'Root Admin' && domain.parent_id !== null)
    throw refused('The account of a root administrator belongs in the ROOT domain');
  const name = checkedName('account', params.account ?? params.username);
  const account = await call.tx
    .insertInto('accounts')
    .values({
      ...(params.accountid === undefined ? {} : { id: chosenId('accountid', params.accountid) }),
      domain_id: domain.id,
      name,
      role: kind,
      role_id: roleId,
      network_domain:
        params.networkdomain === undefined ? null : checkedNetworkDomain(params.networkdomain),
      details: JSON.stringify(detailsOf(params.accountdetails)),
    })
    .onConflict(conflict => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (account === undefined)
    throw refused(
      `Account name ${name} is not unique in domain ${domain.name}${params.accountid === undefined ? '' : ', or the accountid is taken'}`,
    );
  if ((params.userid ?? params.accountid) !== undefined) requireRoot(call, 'chosen ids');
  await insertUser(call.tx, account, params);
  return account.id;
}

async function wantedRole(call: Call, params: Params): Promise<{ kind: RoleKind; roleId: string }> {
  const role = await grantableRole(call, params.roleid ?? defaultRole(params.accounttype));
  return { kind: role.kind, roleId: role.id };
}

function defaultRole(accountType: number | undefined): string {
  if (accountType === undefined) throw refused('Either accounttype or roleid must be given');
  const kind = kindOfAccountType(accountType);
  if (kind === undefined) throw refused(`There is no accounttype ${accountType}`);
  return defaultRoles[kind];
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
