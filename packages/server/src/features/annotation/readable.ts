import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Caller } from '../../http/call.ts';

/**
 * The notes that a caller may read, as a clause on `annotations`. Root administrators read all; others those about what is theirs, their projects' or
 * of whom they administer, unless these are for administrators only.
 */
export function readableBy({
  account,
  domain,
  user,
}: Pick<Caller, 'account' | 'domain' | 'user'>): RawBuilder<SqlBool> {
  if (account.role === 'Root Admin') return sql<SqlBool>`true`;
  const administered =
    account.role === 'User'
      ? sql``
      : sql`or annotations.account_id in (select a.id from accounts a join domains d on d.id = a.domain_id
          where d.path = ${domain.path} or starts_with(d.path, ${`${domain.path}/`}))`;
  return sql<SqlBool>`(not annotations.admins_only and (annotations.account_id = ${account.id}
    or annotations.account_id in (select m.project_id from project_members m
      where m.account_id = ${account.id} and (m.user_id is null or m.user_id = ${user.id}))
    ${administered}))`;
}

/**
 * The notes that a job's answer may tell of, whoever of its owner's account or administrators asks for it: those about what an account owns (jobs
 * are about what their users may change) and, of jobs of root administrators, those about what is nobody's.
 */
export function readableInJobOf(userId: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`(not annotations.admins_only and (annotations.account_id is not null
    or exists (select 1 from users u join accounts a on a.id = u.account_id
      where u.id = ${userId} and a.role = 'Root Admin')))`;
}
