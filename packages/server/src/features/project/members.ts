import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import type { AccountRow, ProjectMemberRow, UserRow } from '../../store/schema.ts';
import { reserveResources } from '../resource-limit/reserve.ts';
import type { ShownProject } from './repository.ts';

export type Member = ProjectMemberRow;

/** The account of that name in the project's domain: only those can be in it. 431 when there is none. */
export async function memberAccount(
  call: Call,
  project: ShownProject,
  name: string,
): Promise<AccountRow> {
  const account = await call.tx
    .selectFrom('accounts')
    .selectAll()
    .where('domain_id', '=', project.domain_id)
    .where('is_project', '=', false)
    .where(sql<SqlBool>`lower(name) = lower(${name})`)
    .where('state', '<>', 'removed')
    .forKeyShare()
    .executeTakeFirst();
  if (account !== undefined) return account;
  throw refused(`Unable to find account ${name} in domain ${project.domain}`);
}

/** The user of that name in the project's domain. 431 when there is none. */
export async function memberUser(
  call: Call,
  project: ShownProject,
  username: string,
): Promise<UserRow> {
  const user = await call.tx
    .selectFrom('users')
    .selectAll()
    .where('domain_id', '=', project.domain_id)
    .where(sql<SqlBool>`lower(username) = lower(${username})`)
    .forKeyShare()
    .executeTakeFirst();
  if (user !== undefined) return user;
  throw refused(`Unable to find user ${username} in domain ${project.domain}`);
}

/** Adds an account, or one user of it. As in CloudStack, who is in it already stays as he is. 535 when an administrator owns too many. */
export async function addMember(
  call: Call,
  project: ShownProject,
  member: Pick<Member, 'account_id' | 'user_id' | 'role'>,
): Promise<void> {
  if (project.state !== 'Active')
    throw refused(`Nobody can be added to project ${project.name}: it is ${project.state}`);
  const known = await call.tx
    .selectFrom('project_members')
    .select('id')
    .where('project_id', '=', project.id)
    .where('account_id', '=', member.account_id)
    .where('user_id', member.user_id === null ? 'is' : '=', member.user_id)
    .executeTakeFirst();
  if (known !== undefined) return;
  const holder = { account_id: member.account_id, domain_id: project.domain_id };
  if (member.role === 'Admin') await reserveResources(call.tx, holder, { project: 1 });
  await call.tx
    .insertInto('project_members')
    .values({ project_id: project.id, ...member })
    .execute();
}

/** Takes a member out. 431 for one who is not in it, or who is the last administrator. */
export async function removeMember(
  call: Call,
  project: ShownProject,
  { accountId, userId, name }: { accountId: string; userId: string | null; name: string },
): Promise<void> {
  const member = await call.tx
    .selectFrom('project_members')
    .selectAll()
    .where('project_id', '=', project.id)
    .where('account_id', '=', accountId)
    .where('user_id', userId === null ? 'is' : '=', userId)
    .executeTakeFirst();
  if (member === undefined) throw refused(`${name} is not in project ${project.name}`);
  if (member.role === 'Admin') await requireOtherAdmin(call, project, member);
  await call.tx.deleteFrom('project_members').where('id', '=', member.id).execute();
}

/** Refuses to leave a project without an administrator. */
export async function requireOtherAdmin(
  call: Call,
  project: ShownProject,
  member: Member,
): Promise<void> {
  const other = await call.tx
    .selectFrom('project_members')
    .select('id')
    .where('project_id', '=', project.id)
    .where('role', '=', 'Admin')
    .where('id', '<>', member.id)
    .executeTakeFirst();
  if (other === undefined)
    throw refused(`Project ${project.name} needs an administrator, and this is the only one`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
