import type { ParamsOf } from '@isola/api';
import { type SqlBool, sql } from 'kysely';
import { identified, listScope, scopeClause } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { hasTags } from '../tag/filter.ts';
import { selectProjects } from './repository.ts';

/**
 * The projects that a caller may see and asks for, without order and page. Users see those they are in; administrators, too, unless
 * they ask with `listall`, `domainid` or `id`. `account` asks for those that the account is in.
 */
export async function filteredProjects(call: Call, params: ParamsOf<'listProjects'>) {
  const { accountIds, within } = await listScope(call, params);
  let query = selectProjects(call.tx)
    .where(
      scopeClause(
        { accountIds: null, within, projects: 'included' },
        { account: sql.ref('projects.id'), domain: sql.ref('accounts.domain_id') },
      ),
    )
    .where(hasTags('Project', params.tags));
  for (const account of accountIds ?? []) query = query.where(isIn(call, account));
  if (params.id !== undefined) query = query.where(identified(params.id, 'accounts'));
  if (params.name !== undefined) query = query.where('accounts.name', '=', params.name);
  if (params.displaytext !== undefined)
    query = query.where('projects.display_text', '=', params.displaytext);
  if (params.state !== undefined)
    query = query.where(sql<SqlBool>`lower(projects.state) = lower(${params.state})`);
  if (params.keyword !== undefined)
    query = query.where(
      sql<SqlBool>`(${containing('accounts.name', params.keyword)} or ${containing('projects.display_text', params.keyword)})`,
    );
  if (params.username !== undefined)
    query = query.where(sql<SqlBool>`exists (select 1 from project_members m
      join users u on u.id = m.user_id or (m.user_id is null and u.account_id = m.account_id)
      where m.project_id = projects.id and lower(u.username) = lower(${params.username}))`);
  return query;
}

/** Whether the account is in the project. Of the caller's own account a single user is in what the user is in. */
function isIn({ caller }: Call, account: string) {
  const user =
    account === caller.account.id
      ? sql`and (m.user_id is null or m.user_id = ${caller.user.id})`
      : sql``;
  return sql<SqlBool>`exists (select 1 from project_members m
    where m.project_id = projects.id and m.account_id = ${account} ${user})`;
}
