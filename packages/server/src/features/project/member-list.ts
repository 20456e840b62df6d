import type { ParamsOf, ResultOf } from '@isola/api';
import { type SqlBool, sql } from 'kysely';
import { identified } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import type { AccountRow } from '../../store/schema.ts';
import { kindNames } from '../role/defaults.ts';
import { usersOf } from '../user/repository.ts';
import { userResponse } from '../user/response.ts';

/** Who is in the project, as asked for, in the order in which they came. */
export function selectMembers(
  db: Db,
  projectId: string,
  params: Omit<ParamsOf<'listProjectAccounts'>, 'projectid'>,
) {
  let query = db
    .selectFrom('project_members')
    .innerJoin('accounts', 'accounts.id', 'project_members.account_id')
    .innerJoin('domains', 'domains.id', 'accounts.domain_id')
    .leftJoin('users', 'users.id', 'project_members.user_id')
    .selectAll('project_members')
    .select([
      'accounts.name as account',
      'accounts.role as kind',
      'accounts.domain_id',
      'domains.name as domain',
      'users.username',
    ])
    .where('project_members.project_id', '=', projectId)
    .orderBy('project_members.seq');
  if (params.account !== undefined)
    query = query.where(sql<SqlBool>`lower(accounts.name) = lower(${params.account})`);
  if (params.userid !== undefined) query = query.where(identified(params.userid, 'users'));
  if (params.role !== undefined)
    query = query.where(sql<SqlBool>`lower(project_members.role) = lower(${params.role})`);
  if (params.keyword !== undefined)
    query = query.where(containing('accounts.name', params.keyword));
  return query;
}

type Member = Awaited<ReturnType<ReturnType<typeof selectMembers>['execute']>>[number];

/** Members as the API shows them; whole accounts with their users. */
export async function memberResponses(
  call: Call,
  project: Pick<AccountRow, 'id' | 'name'>,
  members: readonly Member[],
): Promise<ResultOf<'listProjectAccounts'>['items']> {
  const whole = members.filter(member => member.user_id === null);
  const users = await usersOf(
    call.tx,
    whole.map(member => member.account_id),
  );
  return members.map(member => ({
    projectid: project.id,
    project: project.name,
    accountid: member.account_id,
    account: member.account,
    accounttype: String(kindNames(member.kind).accountType),
    domainid: member.domain_id,
    domain: member.domain,
    role: member.role,
    ...(member.user_id === null || member.username === null
      ? {
          // Whoever is in a project sees who else is, not what their accounts keep to themselves.
          user: (users.get(member.account_id) ?? []).map(user => {
            const { id, username, account } = userResponse(user, call.caller.domain);
            return { id, username, account };
          }),
        }
      : { userid: member.user_id, username: member.username }),
  }));
}
