import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, ownerOf, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import type { AccountRow, DomainRow } from '../../store/schema.ts';
import { administeredAccount } from '../account/guard.ts';
import { heldDomain } from '../domain/held.ts';
import { holderOf, reserveResources } from '../resource-limit/reserve.ts';
import { defaultRoles } from '../role/defaults.ts';
import { setting } from '../setting/value.ts';
import { checkedName } from '../user/create.ts';

type Params = ParamsOf<'createProject'>;

/** Makes a project whose first administrator is the owner, or one user of it. 431 for a name that is taken, 535 at a limit. */
export async function createProject(call: Call, params: Params): Promise<Intent> {
  if (
    call.caller.account.role === 'User' &&
    (await setting(call.tx, 'allow.user.create.projects')) === 0
  )
    throw new IsolaError('not_permitted', { reason: 'Users may not create projects' });
  const owner = await projectOwner(call, params);
  const user = params.userid === undefined ? null : await userOf(call, owner.account, params);
  await heldDomain(call, owner.domain);
  await reserveResources(call.tx, holderOf(owner), { project: 1 });
  const name = checkedName('name', params.name);
  const made = await call.tx
    .insertInto('accounts')
    .values({
      domain_id: owner.domain.id,
      name,
      role: 'User',
      role_id: defaultRoles.User,
      is_project: true,
    })
    .onConflict(conflict => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined)
    throw new IsolaError('refused_value', {
      reason: `Project with name ${name} already exists in domain ${owner.domain.name}`,
    });
  await call.tx
    .insertInto('projects')
    .values({ id: made.id, display_text: params.displaytext ?? name })
    .execute();
  await call.tx
    .insertInto('project_members')
    .values({
      project_id: made.id,
      account_id: owner.account.id,
      user_id: user,
      role: 'Admin',
    })
    .execute();
  return { object: { type: 'Project', id: made.id }, waits: null };
}

async function projectOwner(
  call: Call,
  params: Params,
): Promise<{ account: AccountRow; domain: DomainRow }> {
  if (params.accountid === undefined) return ownerOf(call, params);
  if (params.account !== undefined)
    throw new IsolaError('refused_value', {
      reason: 'account and accountid are mutually exclusive',
    });
  const account = identifies(params.accountid, call.caller.account)
    ? call.caller.account
    : await administeredAccount(call, params.accountid);
  return ownerOf(call, { account: account.name, domainid: account.domain_id });
}

function identifies(id: string, account: AccountRow): boolean {
  return id === account.id || id === String(account.seq);
}

async function userOf(
  call: Call,
  account: AccountRow,
  { userid: id = '' }: Params,
): Promise<string> {
  const user = await call.tx
    .selectFrom('users')
    .select('id')
    .where(identified(id))
    .where('account_id', '=', account.id)
    .forKeyShare()
    .executeTakeFirst();
  if (user === undefined) throw unknownId(call, { parameter: 'userid', id });
  return user.id;
}
