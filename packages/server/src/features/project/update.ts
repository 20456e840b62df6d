import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import { reserveResources } from '../resource-limit/reserve.ts';
import { checkedName } from '../user/create.ts';
import { type Member, memberAccount, requireOtherAdmin } from './members.ts';
import { administeredProject, type ShownProject } from './repository.ts';

type Params = ParamsOf<'updateProject'>;

/** Changes a project. 431 for a name that is taken, a new administrator who is not in it, or when none would be left; 535 at a limit. */
export async function updateProject(call: Call, params: Params): Promise<Intent> {
  const project = await administeredProject(call, { parameter: 'id', id: params.id });
  if (params.name !== undefined) await rename(call, project, params.name);
  if (params.displaytext !== undefined)
    await call.tx
      .updateTable('projects')
      .set({ display_text: params.displaytext })
      .where('id', '=', project.id)
      .execute();
  if (params.account !== undefined && params.userid !== undefined)
    throw refused('account and userid are mutually exclusive');
  if (params.swapowner !== false) {
    if (params.account !== undefined) await swapOwner(call, project, params.account);
  } else await changeRole(call, project, params);
  return { object: { type: 'Project', id: project.id }, waits: null };
}

async function rename(call: Call, project: ShownProject, text: string): Promise<void> {
  const name = checkedName('name', text);
  const taken = await call.tx
    .selectFrom('accounts')
    .select('id')
    .where('domain_id', '=', project.domain_id)
    .where('is_project', '=', true)
    .where(sql<SqlBool>`lower(name) = lower(${name})`)
    .where('id', '<>', project.id)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`Project with name ${name} already exists in the domain`);
  await call.tx.updateTable('accounts').set({ name }).where('id', '=', project.id).execute();
}

/** The account becomes the only administrator. */
async function swapOwner(call: Call, project: ShownProject, name: string): Promise<void> {
  const account = await memberAccount(call, project, name);
  const member = await call.tx
    .selectFrom('project_members')
    .selectAll()
    .where('project_id', '=', project.id)
    .where('account_id', '=', account.id)
    .where('user_id', 'is', null)
    .executeTakeFirst();
  if (member === undefined)
    throw refused(`Account ${name} is not in the project: add it first, then change the owner`);
  if (member.role === 'Admin') return;
  await promote(call, project, member);
  await call.tx
    .updateTable('project_members')
    .set({ role: 'Regular' })
    .where('project_id', '=', project.id)
    .where('id', '<>', member.id)
    .execute();
}

async function changeRole(call: Call, project: ShownProject, params: Params): Promise<void> {
  if (params.account === undefined && params.userid === undefined) return;
  const member = await namedMember(call, project, params);
  const role = params.roletype ?? 'Regular';
  if (role === member.role) return;
  if (role === 'Admin') return promote(call, project, member);
  await requireOtherAdmin(call, project, member);
  await call.tx
    .updateTable('project_members')
    .set({ role: 'Regular' })
    .where('id', '=', member.id)
    .execute();
}

async function namedMember(
  call: Call,
  project: ShownProject,
  { account: name, userid }: Params,
): Promise<Member> {
  let query = call.tx
    .selectFrom('project_members')
    .selectAll('project_members')
    .where('project_id', '=', project.id);
  if (name !== undefined)
    query = query
      .where('account_id', '=', (await memberAccount(call, project, name)).id)
      .where('user_id', 'is', null);
  else
    query = query.where(
      sql<SqlBool>`user_id in (select id from users where ${identified(userid ?? '')})`,
    );
  const member = await query.executeTakeFirst();
  if (member !== undefined) return member;
  if (name !== undefined) throw refused(`Account ${name} is not in the project`);
  throw unknownId(call, { parameter: 'userid', id: userid ?? '' });
}

async function promote(call: Call, project: ShownProject, member: Member): Promise<void> {
  await reserveResources(
    call.tx,
    { account_id: member.account_id, domain_id: project.domain_id },
    { project: 1 },
  );
  await call.tx
    .updateTable('project_members')
    .set({ role: 'Admin' })
    .where('id', '=', member.id)
    .execute();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
